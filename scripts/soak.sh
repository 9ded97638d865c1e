#!/usr/bin/env bash
# Long runs against throw-away servers, in release mode: soak.sh [COUNT [SEED [ROWS]]]
# DATABASES=mariadb: against that one alone.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh

count=${1:-1000000} seed=${2:-} rows=${3:-10000000}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product soak
soak=$(swift build --configuration release --show-bin-path)/soak

runs() { # KIND
    local url status=0
    url=$(server_url "$1" tcp)
    "$soak" cross-talk --url "$url" --count "$count" ${seed:+--seed "$seed"} || status=1
    "$soak" memory --url "$url" --rows "$rows" || status=1
    return "$status"
}

status=0
for kind in ${DATABASES:-postgres mariadb}; do
    echo "$kind:"
    with_server "$kind" max_connections=130 runs "$kind" || status=1
done
((status == 0))
