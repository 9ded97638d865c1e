#!/usr/bin/env bash
# Every sample of the articles about a driver or about observability stands in an example of its own, line by line, where
# it is compiled and, as far as there is something to run it against, run; only the indentation may differ.
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
    done < <(repository_files "Examples/$1/*.swift")
}

is_compiled() {
    local example
    for example in "${examples[@]}"; do
        if [[ $example == *"$1"* ]]; then return 0; fi
    done
    return 1
}

status=0

# check_articles DRIVER EXAMPLE
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
                    echo "$article:$first: this sample does not stand in Examples/$2, line by line" >&2
                    status=1
                fi
                first=0
            elif ((first > 0)); then
                sample+=$line$'\n'
            fi
        done <"$article"
    done < <(repository_files "Sources/$1/$1.docc/*.md")
}

check_articles SQLiteDriver SQLiteInAServer
check_articles PGDriver PostgreSQLInAServer
check_articles MariaDBDriver ChooseYourDatabase
check_articles PoolingObservability ObservedService
exit "$status"
