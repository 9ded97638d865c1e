#!/usr/bin/env bash
# swift-format with the committed configuration; in Sources it also refuses force unwraps and casts, which tests may use.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

status=0
repository_files 'Tests/*.swift' 'Examples/*.swift' 'Benchmarks/*.swift' | xargs swift format lint --strict --parallel || status=1

strict=$(mktemp)
trap 'rm -f "$strict"' EXIT
sed 's/"NeverForceUnwrap": false/"NeverForceUnwrap": true, "NeverUseForceTry": true/' .swift-format >"$strict"
if cmp -s .swift-format "$strict"; then
    echo ".swift-format: NeverForceUnwrap is not where scripts/lint/format.sh looks for it" >&2
    exit 1
fi
repository_files 'Sources/*.swift' | xargs swift format lint --strict --parallel --configuration "$strict" || status=1

if ((status != 0)); then echo "most of this is put right by: make format" >&2; fi
exit "$status"
