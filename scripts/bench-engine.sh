#!/usr/bin/env bash
# The engine alone: what lending costs over connections to nothing. Benchmarks/README.md says how to read it.
#
#   scripts/bench-engine.sh [runs]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
runs=${1:-5}

profilers=()
if [[ $(uname -s) == Linux ]]; then profilers=(profilers); fi
bash scripts/install-dependencies.sh ${profilers[@]+"${profilers[@]}"}
stage "build engine-workloads" swift build --configuration release --package-path Benchmarks --product engine-workloads
engine=$(swift build --configuration release --package-path Benchmarks --show-bin-path)/engine-workloads

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# per_cycle COUNTER CYCLES OPTION…: what COUNTER counts for each of so many cycles more that engine-workloads is asked
# for. Start and end cancel out.
per_cycle() {
    local counter=$1 cycles=$2 short long
    shift 2
    short=$("$counter" "$@" --count "$cycles")
    long=$("$counter" "$@" --count $((2 * cycles)))
    [[ -n $short && -n $long ]] || {
        echo "bench-engine: $counter counted nothing" >&2
        return 1
    }
    awk -v difference=$((long - short)) -v cycles="$cycles" 'BEGIN {
        each = difference / cycles
        printf "%.1f", (each > -0.05 && each < 0.05) ? 0 : each
    }'
}

system_calls() {
    strace -f -c -o "$scratch/strace" "$engine" cycles "$@" || return
    awk '$NF == "total" { print $4 }' "$scratch/strace"
}

# valgrind stumbles over the debug information of Swift 6.3, and needs none.
instructions() {
    strip --strip-debug -o "$scratch/engine" "$engine"
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$scratch/engine" cycles "$@" 2>"$scratch/valgrind" \
        || { cat "$scratch/valgrind" >&2 && return 1; }
    sed -n -E 's/.*Collected : ([0-9]+).*/\1/p' "$scratch/valgrind"
}

counts() {
    local workload cycles none minimal pool calls observer
    printf 'Per cycle, from the difference between a run and one of twice its length\n\n'
    printf '%-38s  %10s  %12s  %10s\n' "instructions (valgrind, one at a time)" "no pool" "minimal pool" "this pool"
    for workload in W1 W4 W5; do
        # valgrind takes its time.
        if [[ $workload == W1 ]]; then cycles=200000 none=-; else cycles=20000; fi
        if [[ $workload != W1 ]]; then
            none=$(per_cycle instructions "$cycles" --workload "$workload" --contestant none)
        fi
        minimal=$(per_cycle instructions "$cycles" --workload "$workload" --contestant minimal)
        pool=$(per_cycle instructions "$cycles" --workload "$workload" --contestant pool)
        printf '%-38s  %10s  %12s  %10s\n' "$workload" "$none" "$minimal" "$pool"
    done
    printf '\n%-38s  %10s\n' "instructions in W1, by who observes" "this pool"
    for observer in none idle picky metrics exactMetrics logsAtInfo logsAtTrace spans everySpan all; do
        printf '%-38s  %10s\n' "$observer" "$(per_cycle instructions 100000 --workload W1 --observer "$observer")"
    done
    calls=$(per_cycle system_calls 1000000)
    printf '\nsystem calls in W1 (strace): %s\n' "$calls"
}

"$engine" table --runs "$runs"
"$engine" observers --runs "$runs"
"$engine" memory
if [[ $(uname -s) == Linux ]]; then counts; fi
