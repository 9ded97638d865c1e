#!/usr/bin/env bash
# Compares `pooling bench` on PostgreSQL with `pgbench -M prepared`, over the same unix socket, on the same table with the
# same query. Each round runs every contestant once, one after the other, so that a change of the machine's mood meets all;
# ratios are formed within a round. Prints medians and spreads.
#
#   scripts/bench-postgres-reference.sh [rounds] [seconds a run]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
seconds=${2:-5}

swift build -c release --product pooling >&2
pooling=$(swift build -c release --show-bin-path)/pooling
pgbench=$(printf '%s\n' /usr/lib/postgresql/*/bin/pgbench | sort -t/ -k5 -n | tail -n 1)
[[ -x $pgbench ]] || pgbench=$(command -v pgbench)

scratch=$(mktemp -d)
# The server does not run as the one who may read this folder.
chmod 755 "$scratch"
root=$scratch/servers
trap 'scripts/postgres.sh remove "$root" reference >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
scripts/postgres.sh prepare "$root"
scripts/postgres.sh create "$root" reference shared_buffers=128MB
port=$(cat "$root/reference/port")
socket=$root/reference/socket
# The password of a server that ends with this script.
PGPASSWORD=$(sed -n 's/^password="\(.*\)"$/\1/p' scripts/postgres.sh)
export PGPASSWORD
url="postgres://app:$PGPASSWORD@/app?host=$socket&port=$port"

# A table of its own for pgbench: `pooling bench` drops its one at the end of each run.
psql --quiet --no-psqlrc --host="$socket" --port="$port" --username=app app <<'SQL'
CREATE TABLE reference (id INTEGER NOT NULL PRIMARY KEY, hits INTEGER NOT NULL, name VARCHAR(64) NOT NULL);
INSERT INTO reference SELECT id, 0, 'row number ' || id FROM generate_series(1, 100000) AS id;
SQL
psql --quiet --no-psqlrc --host="$socket" --port="$port" --username=app app --command='VACUUM ANALYZE reference'
cat >"$scratch/select.sql" <<'SQL'
\set id random(1, 100000)
SELECT name FROM reference WHERE id = :id;
SQL

# pooled CLIENTS FILE [OPTION]…
pooled() {
    local clients=$1 file=$2
    shift 2
    "$pooling" bench --url "$url" --workload point-select --clients "$clients" --min 8 --max 8 --duration "${seconds}s" \
        --warmup 1s --format json --output "$file" "$@" 2>/dev/null
}

for round in $(seq "$rounds"); do
    "$pgbench" --no-vacuum --host="$socket" --port="$port" --username=app --protocol=prepared --client=8 --jobs=2 \
        --time="$seconds" --file="$scratch/select.sql" app >"$scratch/pgbench.$round" 2>/dev/null
    pooled 8 "$scratch/eight.$round" --mode pooled --mode dedicated
    pooled 64 "$scratch/many.$round" --mode pooled
    echo "round $round of $rounds" >&2
done

python3 - "$scratch" "$rounds" <<'PYTHON'
import json, re, statistics, sys
folder, rounds = sys.argv[1], range(1, int(sys.argv[2]) + 1)
figures = {}
for r in rounds:
    text = open(f"{folder}/pgbench.{r}").read()
    figures.setdefault("pgbench", []).append(float(re.search(r"tps = ([\d.]+)", text).group(1)))
    for file in ("eight", "many"):
        for run in json.load(open(f"{folder}/{file}.{r}"))["runs"]:
            if run["errors"]:
                sys.exit(f"bench-postgres-reference: {run['errors']} operations failed; start the server anew and repeat")
            key = (run["executor"], run["mode"], run["clients"])
            figures.setdefault(key, []).append(run["throughput_per_s"])
def show(name, values, form):
    print(f"{name:52} {format(statistics.median(values), form):>10}   ({format(min(values), form)} to {format(max(values), form)})")
for key, values in figures.items():
    show(key if key == "pgbench" else f"{key[1]}, {key[2]} clients, {key[0]} executor", values, ",.0f")
print()
def ratio(name, a, b): show(name, [x / y for x, y in zip(figures[a], figures[b])], ".2f")
for executor in ("driver", "default"):
    eight, many, own = ((executor, "pooled", 8), (executor, "pooled", 64), (executor, "dedicated", 8))
    ratio(f"pooled ÷ pgbench, {executor} executor", eight, "pgbench")
    ratio(f"pooled ÷ dedicated, {executor} executor", eight, own)
    ratio(f"64 clients ÷ 8 clients, {executor} executor", many, eight)
PYTHON
