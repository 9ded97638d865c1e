# What counts as a green test run. Sourced by the test and the mutant scripts, so that both judge alike.
# shellcheck shell=bash

# swift_test SECONDS ARGUMENT…: `swift test` with a limit, and its output line by line, so that the log of a hung run
# tells how far it came.
swift_test() {
    local seconds=$1 buffering=""
    shift
    if command -v stdbuf >/dev/null; then buffering="stdbuf -oL -eL"; fi
    # shellcheck disable=SC2086 # a command with its options, or nothing
    limited "$seconds" $buffering swift test "$@"
}

# unfinished_in LOG: the tests that began and did not end.
unfinished_in() {
    sed -E -n '/Test (run|case) /d
        s/.*Test (.*) started\.$/+ \1/p
        s/.*Test (.*) (passed|failed) after .*/- \1/p' "$1" \
        | sed -E 's/ with [0-9]+ test cases?$//' \
        | awk '{ name = substr($0, 3) } /^\+/ { running[name] } /^-/ { delete running[name] } END { for (n in running) print n }' \
        | sort
}

# tests_run LOG: how many tests the log tells of, over swift-testing's and XCTest's summaries.
tests_run() {
    sed -n -E \
        -e 's/.*Test run with ([0-9]+) tests?( in [0-9]+ suites?)? (passed|failed).*/\1/p' \
        -e 's/.*Executed ([0-9]+) tests?, with .*/\1/p' "$1" | awk '{ n += $1 } END { print n + 0 }'
}

# misuse_in LOG…: true if a continuation was dropped or resumed twice. The runtime only prints this and goes on (F5).
misuse_in() { grep -a -q 'CONTINUATION MISUSE' "$@"; }

# skipped_in LOG: true if a test was skipped. A test that can't run has to fail, or nobody notices.
skipped_in() { grep -a -q -E '^.{0,4}(Test|Suite) .* skipped( |\.|:|$)|: Test skipped' "$1"; }
