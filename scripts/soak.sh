#!/usr/bin/env bash
# Long runs against throw-away servers, in release mode: soak.sh [COUNT [SEED [ROWS]]]
# DATABASES=mariadb: against that one alone.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

count=${1:-1000000} seed=${2:-} rows=${3:-10000000}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product soak
soak=$(swift build --configuration release --show-bin-path)/soak

status=0
for kind in ${DATABASES:-postgres mariadb}; do
    root=$(mktemp -d "/tmp/pooling-$kind-XXXXXX")
    # It ends the server and removes the folder when we end, however that comes about.
    exec 9> >(exec bash "scripts/$kind.sh" guard "$root" >/dev/null 2>&1)
    bash "scripts/$kind.sh" prepare "$root"
    bash "scripts/$kind.sh" create "$root" soak max_connections=130
    url="$kind://app:app-canary-93b7@127.0.0.1:$(cat "$root/soak/port")/app?sslmode=disable"
    echo "$kind:"
    "$soak" cross-talk --url "$url" --count "$count" ${seed:+--seed "$seed"} || status=1
    "$soak" memory --url "$url" --rows "$rows" || status=1
    exec 9>&-
done
exit "$status"
