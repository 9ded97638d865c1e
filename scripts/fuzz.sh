#!/usr/bin/env bash
# Damaged files and URLs for the configuration of pools, in release mode: fuzz.sh COUNT [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

count=${1:?how many files} seed=${2:-}
bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product fuzz-files
exec "$(swift build --configuration release --show-bin-path)/fuzz-files" "$count" ${seed:+"$seed"}
