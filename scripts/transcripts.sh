#!/usr/bin/env bash
# The transcripts in the articles about the command line: every command is run again, with real servers.
#
#   scripts/transcripts.sh check [ARTICLE…]     fails if a command says something else than the article; figures may differ
#   scripts/transcripts.sh write [ARTICLE…]     writes into the articles what the commands say now
#
# `check` takes the debug build, and `write` a release build, whose figures are worth reading; TOOL names another one.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh
# shellcheck source=scripts/lib/transcripts.sh
source scripts/lib/transcripts.sh

mode=${1:-check}
shift || true
case $mode in
    check) build=debug ;;
    write) build=release ;;
    *)
        echo "transcripts: '$mode' is neither check nor write" >&2
        exit 2
        ;;
esac
if (($# > 0)); then articles=("$@"); else articles=(Sources/PoolingCommandLine/PoolingCommandLine.docc/*.md); fi

tool=${TOOL:-}
if [[ -z $tool ]]; then
    swift build --configuration "$build" --product pooling >"$logs/transcripts-build.log" 2>&1 \
        || { tail -n 20 "$logs/transcripts-build.log" >&2 && exit 1; }
    tool=$(swift build --configuration "$build" --show-bin-path)/pooling
fi

place=$(mktemp -d "/tmp/pooling-transcripts-XXXXXX")
trap 'rm -rf "$place" "$place.output" "$place.difference" "$place.tool"' EXIT
mkdir "$place.tool"
ln -s "$tool" "$place.tool/pooling"
# As a person has it who reads along: no settings of this machine, and lines of a usual width.
export PATH=$place.tool:$PATH COLUMNS=100 LC_ALL=C.UTF-8 TMPDIR=/tmp TERM=dumb

all_articles() {
    local article new status=0
    postgres_port=$(cat "$postgres_home/port")
    mariadb_port=$(cat "$mariadb_home/port")
    for article in "${articles[@]}"; do
        if [[ $mode == write ]]; then
            new=$(carry_out write "$article" && printf x) || return 1
            printf '%s' "${new%x}" >"$article"
        else
            carry_out check "$article" || status=1
        fi
    done
    if ((status != 0)); then echo "transcripts: if that is as it should be: scripts/transcripts.sh write" >&2; fi
    return "$status"
}

with_server postgres "" with_server mariadb "" all_articles
