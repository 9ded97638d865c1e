#!/usr/bin/env bash
# The shell scripts: they parse, and shellcheck is content where it is installed.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

status=0
while IFS= read -r file; do
    bash -n "$file" || status=1
done < <(repository_files '*.sh' '.ci/run')
if command -v shellcheck >/dev/null; then
    repository_files '*.sh' '.ci/run' | xargs shellcheck --external-sources || status=1
fi
exit "$status"
