#!/usr/bin/env bash
# Formats every Swift file with the committed configuration.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh
swift_files | xargs swift format format --in-place --parallel
