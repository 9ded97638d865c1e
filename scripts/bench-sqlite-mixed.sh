#!/usr/bin/env bash
# Readers and writers of one SQLite file at the same time: our pools and GRDB's, in alternation. Benchmarks/README.md says
# what is compared, and how to read it.
#
#   scripts/bench-sqlite-mixed.sh [rounds] [seconds a run] [more options of sqlite-mixed]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
seconds=${2:-30}

swift build -c release --package-path Benchmarks --product sqlite-mixed >&2
mixed=$(swift build -c release --package-path Benchmarks --show-bin-path)/sqlite-mixed

# Also when it is interrupted, the databases go.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
"$mixed" --rounds "$rounds" --duration "$seconds" "${@:3}"
