#!/usr/bin/env bash
# Compares `pooling bench` on PostgreSQL with `pgbench -M prepared`, over the same unix socket, on the same table with the
# same query. Prints medians and spreads; scripts/lib/reference.sh says how.
#
#   scripts/bench-postgres-reference.sh [rounds] [seconds a run]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh
# shellcheck source=scripts/lib/reference.sh
source scripts/lib/reference.sh
rounds=${1:-9}
seconds=${2:-5}

run_psql() {
    psql --quiet --no-psqlrc --host="$postgres_home/socket" --port="$(cat "$postgres_home/port")" --username=app app "$@"
}

pgbench() {
    "$pgbench" --no-vacuum --host="$postgres_home/socket" --port="$(cat "$postgres_home/port")" --username=app \
        --protocol=prepared --client=8 --jobs=2 --time="$seconds" --file="$results/select.sql" app 2>/dev/null \
        | sed -n -E 's/^tps = ([0-9.]+).*/\1/p'
}

measure() {
    # A table of its own for pgbench: `pooling bench` drops its one at the end of each run.
    run_psql <<'SQL'
CREATE TABLE reference (id INTEGER NOT NULL PRIMARY KEY, hits INTEGER NOT NULL, name VARCHAR(64) NOT NULL);
INSERT INTO reference SELECT id, 0, 'row number ' || id FROM generate_series(1, 100000) AS id;
SQL
    run_psql --command='VACUUM ANALYZE reference'
    cat >"$results/select.sql" <<'SQL'
\set id random(1, 100000)
SELECT name FROM reference WHERE id = :id;
SQL
    compare pgbench "$(server_url postgres unix)" "$rounds" "$seconds" "$results"
}

bash scripts/install-dependencies.sh
build_pooling
pgbench=$(printf '%s\n' /usr/lib/postgresql/*/bin/pgbench | sort -t/ -k5 -n | tail -n 1)
[[ -x $pgbench ]] || pgbench=$(command -v pgbench)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Of a server that ends with this script.
PGPASSWORD=$(sed -n 's/^password="\(.*\)"$/\1/p' scripts/postgres.sh)
export PGPASSWORD
with_server postgres shared_buffers=128MB measure
