#!/usr/bin/env bash
# Runs the engine under the simulator, in release mode: simulate.sh COUNT [SEED [PART]]
# PART: machine, the state machine alone (the default), or shell, the whole pool.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

count=${1:?how many runs} seed=${2:-} part=${3:-machine}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product simulate
exec "$(swift build --configuration release --show-bin-path)/simulate" --part "$part" --count "$count" ${seed:+--seed "$seed"}
