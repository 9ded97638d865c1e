#!/usr/bin/env bash
# Constructs that end the process or silence the compiler, and tests that do not run.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

status=0

# refuse WHY PATTERN FILES…: the pattern must not occur outside of comments. FILES as repository_files takes them.
refuse() {
    local why=$1 pattern=$2 found
    shift 2
    found=$(repository_files "$@" | while IFS= read -r file; do
        sed -E 's#(^|[[:space:]])//.*##' "$file" | grep -n -E "$pattern" | sed "s#^#$file:#"
    done || true)
    [[ -n $found ]] || return 0
    printf '%s\n' "$found" | while IFS= read -r line; do echo "$line    <- $why" >&2; done
    status=1
}

refuse "traps; throw, or handle it" '(^|[^A-Za-z_])(try!|as!)|(^|[^A-Za-z_.])(fatalError|preconditionFailure)\(' 'Sources/*.swift'
refuse "silences the checker; use Mutex, Atomic or a sendable type" 'nonisolated\(unsafe\)' 'Sources/*.swift'
refuse "a test that can't run has to fail, not to be skipped" \
    '\.disabled\(|\.enabled\(if|XCTSkip|Test\.cancel\(|withKnownIssue' 'Tests/*.swift'

# `@unchecked Sendable` needs a sentence that proves it, right above the declaration or on its line.
unproved=$(repository_files 'Sources/*.swift' | while IFS= read -r file; do
    awk -v file="$file" '
        /@unchecked Sendable/ && !/^[[:space:]]*\/\// && !/\/\// && previous !~ /^[[:space:]]*\/\// {
            print file ":" FNR ":" $0 "    <- say above it why this is sound"
        }
        !/^[[:space:]]*@/ { previous = $0 }
    ' "$file"
done)
if [[ -n $unproved ]]; then
    echo "$unproved" >&2
    status=1
fi
exit "$status"
