#!/usr/bin/env bash
# One direction of dependency: drivers → PoolingSQL → PoolingCore; nothing points back. Checks every import in Sources.
set -euo pipefail
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

# allowed TARGET: what it may import of this package; for PoolingCore, what it may import at all.
allowed() {
    case $1 in
        PoolingCore) echo "CPoolingShims ServiceContextModule ServiceLifecycle Synchronization HeapModule Darwin Glibc Musl" ;;
        PoolingSQL) echo "PoolingCore" ;;
        PGDriver) echo "PoolingCore PoolingSQL CLibPQ CPoolingShims" ;;
        SQLiteDriver) echo "PoolingCore PoolingSQL CSQLite CPoolingShims" ;;
        MariaDBDriver) echo "PoolingCore PoolingSQL CMariaDB CPoolingShims" ;;
        PoolingConfiguration | PoolingObservability) echo "PoolingCore" ;;
        PoolingTestKit) echo "PoolingCore CPoolingShims" ;;
        PoolingCommandLine)
            echo "PoolingCore PoolingSQL PoolingTestKit PoolingConfiguration PoolingObservability CPoolingShims"
            ;;
        pooling | simulate | soak)
            echo "PoolingCore PoolingSQL PoolingTestKit PoolingConfiguration PoolingObservability PoolingCommandLine" \
                "PGDriver SQLiteDriver MariaDBDriver"
            ;;
        *) return 1 ;;
    esac
}

own_targets=" $(repository_files 'Sources/*' | cut -d/ -f2 | sort -u | tr '\n' ' ') "
status=0

# TARGET FILE:LINE MODULE for each import, however it is decorated (public, @testable, struct …).
imports() {
    repository_files 'Sources/*.swift' | xargs grep -n -H -E \
        '^[[:space:]]*(@[A-Za-z_]+(\([^)]*\))?[[:space:]]+)*((public|package|internal|fileprivate|private)[[:space:]]+)?import[[:space:]]' \
        | sed -E \
            -e 's#^(Sources/([^/]+)/[^:]*:[0-9]+):.*import[[:space:]]+((struct|class|enum|protocol|typealias|func|var|let|actor)[[:space:]]+)?([A-Za-z_0-9]+).*#\2 \1 \5#'
}

while read -r target place module; do
    if ! list=" $(allowed "$target") "; then
        echo "$place: target $target has no row in scripts/lint/layering.sh; say there what it may import" >&2
        status=1
        continue
    fi
    [[ $list != *" $module "* ]] || continue
    if [[ $target == PoolingCore ]]; then
        echo "$place: PoolingCore imports $module; it may import only:$list" >&2
        status=1
    elif [[ $own_targets == *" $module "* ]]; then
        echo "$place: $target imports $module; of this package it may import only:$list" >&2
        status=1
    fi
done < <(imports)
exit "$status"
