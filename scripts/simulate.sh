#!/usr/bin/env bash
# Runs the engine under the simulator, in release mode: simulate.sh COUNT [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

count=${1:?how many runs} seed=${2:-}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product simulate
exec "$(swift build --configuration release --show-bin-path)/simulate" --count "$count" ${seed:+--seed "$seed"}
