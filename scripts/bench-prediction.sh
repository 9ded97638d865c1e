#!/usr/bin/env bash
# Waits as `pooling simulate` foretells them beside those that are measured, at shares of what the pool can do, on SQLite
# and on a PostgreSQL of its own. Wants a machine with nothing else to do.
#
#   scripts/bench-prediction.sh [SECONDS of each run] [options of `pooling bench`]      as in 60 --rounds 9
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh

seconds=${1:-10}
if (($# > 0)); then shift; fi
options=(--scenario prediction --executor default --service-time exponential:5ms --duration "${seconds}s" --rounds 5 "$@")

both() {
    "$pooling" bench --url "sqlite:$scratch/bench.db" --url "$(server_url postgres unix)" "${options[@]}"
}

bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product pooling
pooling=$(swift build --configuration release --show-bin-path)/pooling
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
with_server postgres shared_buffers=128MB both
