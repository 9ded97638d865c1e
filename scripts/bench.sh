#!/usr/bin/env bash
# Builds the command line in release mode and runs `pooling bench` with the arguments given.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product pooling
exec "$(swift build --configuration release --show-bin-path)/pooling" bench "$@"
