#!/usr/bin/env bash
# Compares `pooling bench` on MariaDB with `sysbench oltp_point_select --threads=8`, both with prepared statements over the
# same unix socket, on tables of the same length. Prints medians and spreads; scripts/lib/reference.sh says how.
#
#   scripts/bench-mariadb-reference.sh [rounds] [seconds a run]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh
# shellcheck source=scripts/lib/reference.sh
source scripts/lib/reference.sh
rounds=${1:-9}
seconds=${2:-5}

# A table of its own, which it makes. Its rows are wider than ours: 120 characters of each are read.
run_sysbench() {
    command sysbench oltp_point_select --db-driver=mysql --mysql-socket="$mariadb_home/socket" --mysql-user=app \
        --mysql-password="$password" --mysql-db=app --tables=1 --table-size=100000 --threads=8 --db-ps-mode=auto "$@"
}

sysbench() { run_sysbench --time="$seconds" run | sed -n -E 's/.*queries: +[0-9]+ +\(([0-9.]+) per sec\.\).*/\1/p'; }

measure() {
    run_sysbench prepare >/dev/null
    compare sysbench "$(server_url mariadb unix)" "$rounds" "$seconds" "$results"
    run_sysbench cleanup >/dev/null
}

bash scripts/install-dependencies.sh references
build_pooling
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Of a server that ends with this script.
password=$(sed -n 's/^password="\(.*\)"$/\1/p' scripts/mariadb.sh)
with_server mariadb innodb-buffer-pool-size=256M measure
