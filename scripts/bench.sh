#!/usr/bin/env bash
# Builds the command line in release mode and runs `pooling bench` with the arguments given. Unless they say otherwise, it
# leaves a page with charts, and its last line says where.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product pooling

page=.build/bench/report.html
arguments=("$@")
case " $* " in
    *" --report"* | *" --format json "* | *" --format=json "* | *" --help "* | *" -h "*) ;;
    *)
        mkdir -p "${page%/*}"
        arguments+=(--report "$page")
        ;;
esac
exec "$(swift build --configuration release --show-bin-path)/pooling" bench ${arguments[@]+"${arguments[@]}"}
