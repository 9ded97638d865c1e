#!/usr/bin/env bash
# Long runs against a throw-away PostgreSQL server, in release mode: soak.sh [COUNT [SEED [ROWS]]]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

count=${1:-1000000} seed=${2:-} rows=${3:-10000000}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product soak
soak=$(swift build --configuration release --show-bin-path)/soak

root=$(mktemp -d /tmp/pooling-pg-XXXXXX)
# It ends the server and removes the folder when we end, however that comes about.
exec 9> >(exec bash scripts/postgres.sh guard "$root" >/dev/null 2>&1)
bash scripts/postgres.sh prepare "$root"
bash scripts/postgres.sh create "$root" soak max_connections=130
url="postgres://app:app-canary-93b7@127.0.0.1:$(cat "$root/soak/port")/app?sslmode=disable"

status=0
"$soak" cross-talk --url "$url" --count "$count" ${seed:+--seed "$seed"} || status=1
"$soak" memory --url "$url" --rows "$rows" || status=1
exit "$status"
