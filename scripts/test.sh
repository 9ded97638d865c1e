#!/usr/bin/env bash
# Builds and runs every test, then builds and runs the examples. Prints the time of each stage at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/testing.sh
source scripts/lib/testing.sh

# A hang has to end as a failure with a log; see `limited`.
test_limit=${TEST_LIMIT:-1200}
example_limit=${EXAMPLE_LIMIT:-120}

fail() {
    print_stages >&2
    echo "make test: $*" >&2
    exit 1
}

# check_log STAGE: neither a silent misuse of a continuation nor a skipped test passes for success.
check_log() {
    local log=$logs/${1// /-}.log
    if misuse_in "$log"; then
        grep -a -A 3 'CONTINUATION MISUSE' "$log" >&2
        fail "a continuation was dropped or resumed twice; see $log"
    fi
    if skipped_in "$log"; then fail "a test was skipped; see $log"; fi
}

all_tests() {
    local status=0
    # One at a time: many tests are about turns and deadlines, and beside hundreds of others they measure those.
    swift_test "$test_limit" --skip-build --no-parallel || status=$?
    if ((status == 124 || status == 137)); then
        printf '\nThe time (%d s) was up. These tests had begun and not ended:\n' "$test_limit"
        unfinished_in "$logs/tests.log"
    fi
    return "$status"
}

stage "dependencies" bash scripts/install-dependencies.sh
stage "build" swift build --build-tests
stage "tests" all_tests
check_log "tests"
count=$(tests_run "$logs/tests.log")
((count > 0)) || fail "no test ran"

for example in QuickStart SQLiteInAServer; do
    package=Examples/$example
    stage "build $example" swift build --package-path "$package"
    stage "run $example" limited "$example_limit" \
        "$(swift build --package-path "$package" --show-bin-path)/$example"
    check_log "run $example"
done

# with_postgres COMMAND…: with a server of its own, whose URL is in DATABASE_URL. It ends with this process.
with_postgres() {
    local root status=0
    # Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
    root=$(mktemp -d /tmp/pooling-pg-XXXXXX) || return
    exec 9> >(exec bash scripts/postgres.sh guard "$root")
    bash scripts/postgres.sh prepare "$root" 9>&- || return
    bash scripts/postgres.sh create "$root" example 9>&- || return
    # The password of the role `app`, which is no secret.
    DATABASE_URL="postgres://app:app-canary-93b7@127.0.0.1:$(cat "$root/example/port")/app" "$@" 9>&- || status=$?
    exec 9>&-
    return "$status"
}

package=Examples/PostgreSQLInAServer
stage "build PostgreSQLInAServer" swift build --package-path "$package"
stage "run PostgreSQLInAServer" with_postgres limited "$example_limit" \
    "$(swift build --package-path "$package" --show-bin-path)/PostgreSQLInAServer"
check_log "run PostgreSQLInAServer"

# An example with tests of its own, which drive it from outside.
stage "build WebService" swift build --package-path Examples/WebService --build-tests
stage "test WebService" swift_test "$example_limit" --package-path Examples/WebService --skip-build --no-parallel
check_log "test WebService"
more=$(tests_run "$logs/test-WebService.log")
((more > 0)) || fail "no test of Examples/WebService ran"
count=$((count + more))

echo "$count tests passed, and the examples ran clean"
print_stages
