#!/usr/bin/env bash
# What must not be in the repository.
set -euo pipefail

status=0
tracked=$(git ls-files | grep -E '(^|/)(Package\.resolved|\.build[^/]*)(/|$)' || true)
if [[ -n $tracked ]]; then
    echo "must not be tracked (this is a library, and builds are local):" >&2
    echo "$tracked" >&2
    status=1
fi
markers=$(git grep -n -I -E '^(<<<<<<< |>>>>>>> )' || true)
if [[ -n $markers ]]; then
    echo "left over from a merge:" >&2
    echo "$markers" >&2
    status=1
fi
exit "$status"
