#!/usr/bin/env bash
# Single operations of the engine under ordo-one/benchmark: nanoseconds, and instructions where the kernel lets them be
# counted.
#
#   scripts/bench-micro.sh [options of `swift package benchmark`]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

bash scripts/install-dependencies.sh
stage "build micro-benchmarks" swift package --package-path Benchmarks/Micro benchmark list
swift package --package-path Benchmarks/Micro benchmark --no-progress "$@"
