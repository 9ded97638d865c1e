#!/usr/bin/env bash
# The engine alone: what lending costs over connections to nothing. Benchmarks/README.md says how to read it.
#
#   scripts/bench-engine.sh [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
runs=${1:-5}
# Long enough for what happens once in a while to show, short enough for valgrind.
cycles=200000

profilers=()
if [[ $(uname -s) == Linux ]]; then profilers=(profilers); fi
bash scripts/install-dependencies.sh ${profilers[@]+"${profilers[@]}"}
stage "build engine-workloads" swift build --configuration release --package-path Benchmarks --product engine-workloads
engine=$(swift build --configuration release --package-path Benchmarks --show-bin-path)/engine-workloads

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# per_cycle COUNTER: what COUNTER, given a number of cycles, counts for each cycle more. Start and end cancel out.
per_cycle() {
    local short long
    short=$("$1" "$cycles")
    long=$("$1" $((2 * cycles)))
    [[ -n $short && -n $long ]] || {
        echo "bench-engine: $1 counted nothing" >&2
        return 1
    }
    awk -v difference=$((long - short)) -v cycles="$cycles" 'BEGIN { printf "%.4f", difference / cycles }'
}

system_calls() {
    strace -f -c -o "$scratch/strace" "$engine" cycles --count "$1" || return
    awk '$NF == "total" { print $4 }' "$scratch/strace"
}

# valgrind stumbles over the debug information of Swift 6.3, and needs none.
instructions() {
    strip --strip-debug -o "$scratch/engine" "$engine"
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$scratch/engine" cycles --count "$1" 2>"$scratch/valgrind" \
        || { cat "$scratch/valgrind" >&2 && return 1; }
    sed -n -E 's/.*Collected : ([0-9]+).*/\1/p' "$scratch/valgrind"
}

"$engine" table --runs "$runs"
"$engine" memory
if [[ $(uname -s) == Linux ]]; then
    calls=$(per_cycle system_calls)
    counted=$(per_cycle instructions)
    printf 'W1, the difference of %d and %d cycles\n\n' "$cycles" $((2 * cycles))
    printf '    instructions per cycle (valgrind)  %s\n    system calls per cycle (strace)    %s\n' "$counted" "$calls"
fi
