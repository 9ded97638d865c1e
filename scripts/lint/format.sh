#!/usr/bin/env bash
# swift-format with the committed configuration; in Sources it also refuses force unwraps and casts, which tests may use.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

strict=$(mktemp)
trap 'rm -f "$strict"' EXIT
sed 's/"NeverForceUnwrap": false/"NeverForceUnwrap": true, "NeverUseForceTry": true/' .swift-format >"$strict"
if cmp -s .swift-format "$strict"; then
    echo ".swift-format: NeverForceUnwrap is not where scripts/lint/format.sh looks for it" >&2
    exit 1
fi

# A test is named by a sentence, and a name can't be broken into lines.
without_long_names() {
    local finding file line
    while IFS= read -r finding; do
        if [[ $finding == *"[LineLength]"* ]]; then
            IFS=: read -r file line _ <<<"$finding"
            if sed -n "${line}p" "$file" | grep -q 'func `'; then continue; fi
        fi
        printf '%s\n' "$finding"
    done
}

findings=$(
    {
        repository_files 'Sources/*.swift' | xargs swift format lint --strict --parallel --configuration "$strict" || true
        repository_files 'Tests/*.swift' 'Examples/*.swift' 'Benchmarks/*.swift' \
            | xargs swift format lint --strict --parallel || true
    } 2>&1 | without_long_names
)
if [[ -n $findings ]]; then
    printf '%s\nmost of this is put right by: make format\n' "$findings" >&2
    exit 1
fi
