#!/usr/bin/env bash
# Every sample of these articles stands in an example or a test, line by line, where it is compiled and, as far as
# there is something to run it against, run; only the indentation may differ.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

begin='```swift' end='```'
stripped() { sed -E -e 's/^[[:space:]]+//' -e '/^$/d' "$@"; }

# One file after the other: a sample must not be pieced together from the end of one and the beginning of the next.
examples=()
read_examples() {
    examples=()
    while IFS= read -r file; do
        examples+=("$(stripped "$file")")
    done < <(repository_files "$1/*.swift")
}

is_compiled() {
    local example
    for example in "${examples[@]}"; do
        if [[ $example == *"$1"* ]]; then return 0; fi
    done
    return 1
}

status=0

# check_articles ARTICLES FOLDER: every sample of these articles stands in this folder.
check_articles() {
    local article line sample first number
    read_examples "$2"
    while IFS= read -r article; do
        sample="" first=0 number=0
        while IFS= read -r line; do
            number=$((number + 1))
            if [[ $line == "$begin" ]]; then
                first=$((number + 1)) sample=""
            elif [[ $line == "$end" ]] && ((first > 0)); then
                if ! is_compiled "$(stripped <<<"$sample")"; then
                    echo "$article:$first: this sample does not stand in $2, line by line" >&2
                    status=1
                fi
                first=0
            elif ((first > 0)); then
                sample+=$line$'\n'
            fi
        done <"$article"
    done < <(repository_files "$1")
}

check_articles 'Sources/SQLiteDriver/SQLiteDriver.docc/*.md' Examples/SQLiteInAServer
check_articles 'Sources/PGDriver/PGDriver.docc/*.md' Examples/PostgreSQLInAServer
check_articles 'Sources/MariaDBDriver/MariaDBDriver.docc/*.md' Examples/ChooseYourDatabase
check_articles 'Sources/PoolingObservability/PoolingObservability.docc/*.md' Examples/ObservedService
check_articles Sources/PoolingCore/PoolingCore.docc/ComingFromLoopBack.md Tests/PoolingCoreTests/Resources
check_articles Sources/PoolingCore/PoolingCore.docc/WritingADriver.md Tests/ConformanceTests/LineProtocol
exit "$status"
