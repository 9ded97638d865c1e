#!/usr/bin/env bash
# The three databases side by side: a file of SQLite's, and servers of their own for PostgreSQL and MariaDB, over unix
# sockets; then what a connection costs on each way there is to one. Nothing that the servers write is durable.
#
#   scripts/bench-all.sh [options of `pooling bench`]      as in --workload insert --clients 64
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh

options=("$@")
if (($# == 0)); then
    options=(--clients 8 --min 2 --max 8 --duration 2s --warmup 500ms)
    for workload in point-select insert read-write acquire connect; do options+=(--workload "$workload"); done
fi

side_by_side() {
    "$pooling" bench --url "sqlite:$scratch/bench.db" --url "$(server_url postgres unix)" \
        --url "$(server_url mariadb unix)" "${options[@]}"
}

# One client, who opens a connection, asks something and closes it: alone on the machine, as far as we know.
handshakes() {
    local urls=(--url "sqlite:$scratch/connect.db") kind way
    for kind in postgres mariadb; do
        for way in unix tcp tls; do urls+=(--url "$(server_url "$kind" "$way")"); done
    done
    "$pooling" bench "${urls[@]}" --workload connect --mode unpooled --clients 1 --duration 3s --warmup 500ms \
        | sed -n '/^side by side$/,$p'
}

compare() {
    local status=0
    side_by_side || status=$?
    printf '\nHandshakes: 1 client, a connection for each operation\n\n'
    handshakes || status=$?
    return "$status"
}

bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product pooling
pooling=$(swift build --configuration release --show-bin-path)/pooling
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
with_server postgres shared_buffers=128MB with_server mariadb innodb-buffer-pool-size=128M compare
