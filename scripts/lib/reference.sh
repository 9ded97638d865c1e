# shellcheck shell=bash
# `pooling bench` beside the benchmark that people use for a server, on the same table over the same unix socket. Each round
# runs every contestant once, one after the other, so that a change of the machine's mood meets all; ratios are formed within
# a round. Sourced; expects the working directory to be the repository.

build_pooling() {
    swift build -c release --product pooling >&2
    pooling=$(swift build -c release --show-bin-path)/pooling
}

# compare NAME URL ROUNDS SECONDS RESULTS: NAME is also a function that runs the reference with 8 clients for $seconds and
# prints its operations per second. Prints medians and spreads.
compare() {
    local name=$1 url=$2 rounds=$3 seconds=$4 results=$5 round
    for round in $(seq "$rounds"); do
        "$name" >"$results/reference.$round"
        run_pool 8 "$results/eight.$round" --mode pooled --mode dedicated
        run_pool 64 "$results/many.$round" --mode pooled
        echo "round $round of $rounds" >&2
    done
    show_rounds "$name" "$rounds" "$results"
}

# run_pool CLIENTS FILE [OPTION]…
run_pool() {
    local clients=$1 file=$2
    shift 2
    "$pooling" bench --url "$url" --workload point-select --clients "$clients" --min 8 --max 8 --duration "${seconds}s" \
        --warmup 1s --format json --output "$file" "$@" 2>/dev/null
}

show_rounds() {
    python3 - "$@" <<'PYTHON'
import json, statistics, sys
name, rounds, folder = sys.argv[1], range(1, int(sys.argv[2]) + 1), sys.argv[3]
figures = {}
for r in rounds:
    text = open(f"{folder}/reference.{r}").read().strip()
    if not text:
        sys.exit(f"{name} gave no figure in round {r}; start the servers anew and repeat")
    figures.setdefault(name, []).append(float(text))
    for file in ("eight", "many"):
        for run in json.load(open(f"{folder}/{file}.{r}"))["runs"]:
            if run["errors"]:
                sys.exit(f"{run['errors']} operations failed; start the server anew and repeat")
            key = (run["executor"], run["mode"], run["clients"])
            figures.setdefault(key, []).append(run["throughput_per_s"])
def show(name, values, form):
    print(f"{name:52} {format(statistics.median(values), form):>10}   ({format(min(values), form)} to {format(max(values), form)})")
for key, values in figures.items():
    show(key if key == name else f"{key[1]}, {key[2]} clients, {key[0]} executor", values, ",.0f")
print()
def ratio(title, a, b): show(title, [x / y for x, y in zip(figures[a], figures[b])], ".2f")
for executor in ("driver", "default"):
    eight, many, own = ((executor, "pooled", 8), (executor, "pooled", 64), (executor, "dedicated", 8))
    ratio(f"pooled ÷ {name}, {executor} executor", eight, name)
    ratio(f"pooled ÷ dedicated, {executor} executor", eight, own)
    ratio(f"64 clients ÷ 8 clients, {executor} executor", many, eight)
PYTHON
}
