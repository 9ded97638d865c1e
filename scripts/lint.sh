#!/usr/bin/env bash
# Everything about the sources that can be told without building them.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

checks="format layering forbidden repository samples scripts"
failed=""
for check in ${1:-$checks}; do
    began=$SECONDS status=0
    bash "scripts/lint/$check.sh" || { status=$? failed+=" $check"; }
    record_stage "lint $check" $((SECONDS - began)) "$status"
done
if [[ -n $failed ]]; then
    print_stages >&2
    echo "lint failed:$failed" >&2
    exit 1
fi
print_stages
