#!/usr/bin/env bash
# Builds and runs every test, then builds and runs the examples. Prints the time of each stage at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/testing.sh
source scripts/lib/testing.sh
# shellcheck source=scripts/lib/with-server.sh
source scripts/lib/with-server.sh

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

# With the tool that was built along with the tests.
stage "transcripts" env TOOL="$(swift build --show-bin-path)/pooling" bash scripts/transcripts.sh check

for example in QuickStart SQLiteInAServer; do
    package=Examples/$example
    stage "build $example" swift build --package-path "$package"
    stage "run $example" limited "$example_limit" \
        "$(swift build --package-path "$package" --show-bin-path)/$example"
    check_log "run $example"
done

# on_url KIND COMMAND…: the command gets the way to the server as DATABASE_URL.
on_url() {
    local url
    url=$(server_url "$1" tcp)
    shift
    DATABASE_URL=$url "$@"
}

package=Examples/PostgreSQLInAServer
stage "build PostgreSQLInAServer" swift build --package-path "$package"
stage "run PostgreSQLInAServer" with_server postgres "" on_url postgres limited "$example_limit" \
    "$(swift build --package-path "$package" --show-bin-path)/PostgreSQLInAServer"
check_log "run PostgreSQLInAServer"

# Uses up the server's connections, so these are few.
package=Examples/LifeOfAConnection
stage "build LifeOfAConnection" swift build --package-path "$package"
stage "run LifeOfAConnection" with_server postgres "max_connections=12" on_url postgres limited "$example_limit" \
    "$(swift build --package-path "$package" --show-bin-path)/LifeOfAConnection"
check_log "run LifeOfAConnection"

# The same program on every database: the URL is its argument.
choose() {
    local arguments=()
    if (($# > 0)); then arguments=("$(server_url "$1" tcp)"); fi
    limited "$example_limit" "$chooser" ${arguments[@]+"${arguments[@]}"}
}

package=Examples/ChooseYourDatabase
stage "build ChooseYourDatabase" swift build --package-path "$package"
chooser=$(swift build --package-path "$package" --show-bin-path)/ChooseYourDatabase
stage "run ChooseYourDatabase on sqlite" choose
check_log "run ChooseYourDatabase on sqlite"
for kind in postgres mariadb; do
    stage "run ChooseYourDatabase on $kind" with_server "$kind" "" choose "$kind"
    check_log "run ChooseYourDatabase on $kind"
done

# Examples with tests of their own, which drive them from outside.
for example in WebService ObservedService RedisDriver; do
    package=Examples/$example
    stage "build $example" swift build --package-path "$package" --build-tests
    stage "test $example" swift_test "$example_limit" --package-path "$package" --skip-build --no-parallel
    check_log "test $example"
    more=$(tests_run "$logs/test-$example.log")
    ((more > 0)) || fail "no test of $package ran"
    count=$((count + more))
done

echo "$count tests passed, and the examples ran clean"
print_stages
