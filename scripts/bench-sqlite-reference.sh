#!/usr/bin/env bash
# Compares `pooling bench` on SQLite with a bare loop over the C API, in alternation, so that a change of the machine's
# mood meets both; prints the median of each and the ratios.
#
#   scripts/bench-sqlite-reference.sh [rounds] [seconds a run]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
seconds=${2:-2}

swift build -c release --product pooling >&2
swift build -c release --package-path Benchmarks --product sqlite-bare-loop >&2
bare=$(swift build -c release --package-path Benchmarks --show-bin-path)/sqlite-bare-loop
pooling=$(swift build -c release --show-bin-path)/pooling

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for round in $(seq "$rounds"); do
    "$bare" --threads 1 --duration "$seconds" --warmup 0.3 >"$results/bare1.$round"
    "$bare" --threads 2 --duration "$seconds" --warmup 0.3 >"$results/bare2.$round"
    "$pooling" bench --mode pooled --mode dedicated --clients 1,2,16 --duration "${seconds}s" --warmup 300ms \
        --format json --output "$results/pooling.$round"
    echo "round $round of $rounds" >&2
done

python3 - "$results" "$rounds" <<'PYTHON'
import json, statistics, sys
folder, rounds = sys.argv[1], range(1, int(sys.argv[2]) + 1)
bare = {t: [json.load(open(f"{folder}/bare{t}.{r}"))["throughput_per_s"] for r in rounds] for t in (1, 2)}
runs, ratios = {}, {}
for r in rounds:
    report = json.load(open(f"{folder}/pooling.{r}"))
    for run in report["runs"]:
        runs.setdefault((run["executor"], run["clients"], run["mode"]), []).append(run["throughput_per_s"])
    for ratio in report["ratios"]:
        ratios.setdefault((ratio["executor"], ratio["clients"]), []).append(ratio["pooled_over_dedicated"])
median = statistics.median
for threads, values in bare.items():
    print(f"bare loop, {threads} thread(s): {median(values):>10,.0f}/s  ({min(values):,.0f} to {max(values):,.0f})")
print(f"{'executor':9} {'clients':>7} {'dedicated/s':>12} {'pooled/s':>12} {'pooled÷dedicated':>17} {'pooled÷bare':>12}")
for (executor, clients), values in ratios.items():
    pooled, dedicated = (median(runs[executor, clients, mode]) for mode in ("pooled", "dedicated"))
    base = median(bare[min(clients, 2)])
    print(f"{executor:9} {clients:7} {dedicated:12,.0f} {pooled:12,.0f} {median(values):17.2f} {pooled / base:12.2f}")
PYTHON
