#!/usr/bin/env bash
# Runs tests under ThreadSanitizer and AddressSanitizer, each in a build of its own, and shows that ThreadSanitizer sees
# each memory ordering of the slots that is weakened: sanitize.sh [thread] [address] [orderings]
# A report of the sanitizer is a failure, even if the tests pass. FILTER=… runs other tests than these.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/testing.sh
source scripts/lib/testing.sh

limit=${SANITIZE_LIMIT:-900}

# The stress tests, the engine's tests, and those tests of drivers in which threads meet: by suite, so that a
# report tells where it is from.
#
# libmariadb's calls run on stacks of their own, of which no sanitizer is told, and neither minds: each call is back on the
# thread's stack before anything of ours goes on. The one function of ours that runs on those stacks, which takes the cells
# of a row, returns before they are left.
suites() {
    cat <<'TABLE'
PoolingCoreTests
SQLiteDriverTests.*(Session|Stream)
SQLiteDriverTests.*Database
PGDriverTests.*(Cancellation|Stream|Listener|ForcedEnd|Copy)
MariaDBDriverTests[.](Cancellation|Procedure|Connect|ForcedEnd|Liveness)
MariaDBDriverTests[.](Session|Transaction|Statement|Value|Batch|Cut)
TABLE
}

fail() {
    print_stages >&2
    echo "make sanitize: $*" >&2
    exit 1
}

# With a lock that the sanitizer sees, see ThreadMutex. What stands in for `Mutex` comes from another module, which the
# files that use it do not import.
options=(-Xswiftc -DPOOLING_PTHREAD_LOCK -Xswiftc -disable-upcoming-feature -Xswiftc MemberImportVisibility)

build() { # KIND
    swift build --build-tests --sanitize="$1" --scratch-path "$(folder "$1")" "${options[@]}"
}

folder() { if [[ $1 == thread ]]; then echo .build-tsan; else echo .build-asan; fi; }

tests() { # KIND FILTER
    swift_test "$limit" --skip-build --no-parallel --sanitize="$1" --scratch-path "$(folder "$1")" \
        "${options[@]}" --filter "$2"
}

# Reports do not end the run, so that one run tells of all of them.
export TSAN_OPTIONS="suppressions=$PWD/scripts/sanitizers/thread.supp halt_on_error=0 exitcode=0 second_deadlock_stack=1"
# The runtime of Swift keeps metadata for the life of the process, which a leak detector takes for leaks.
export ASAN_OPTIONS="detect_leaks=0 halt_on_error=1"

# A sanitizer keeps books of what has been allocated, and what is freed for a while: fewer rows, so that what a stream keeps
# can be told from that. Freed memory is watched for until 8 MiB more have been freed.
export POOLING_STREAM_ROWS=100000
ASAN_OPTIONS+=" quarantine_size_mb=8"

bash scripts/install-dependencies.sh
kinds=("$@")
if ((${#kinds[@]} == 0)); then kinds=(thread address orderings); fi
mapfile -t filters < <(if [[ -n ${FILTER:-} ]]; then echo "$FILTER"; else suites; fi)
for kind in "${kinds[@]}"; do
    if [[ $kind == orderings ]]; then
        stage "orderings" bash scripts/orderings.sh
        continue
    fi
    stage "build with $kind" build "$kind"
    for filter in "${filters[@]}"; do
        name="$kind $filter"
        name=${name//[^A-Za-z ]/ }
        stage "$name" tests "$kind" "$filter"
        log=$logs/${name// /-}.log
        (($(tests_run "$log") > 0)) || fail "'$filter' matches no test"
        if misuse_in "$log"; then fail "a continuation was dropped or resumed twice; see $log"; fi
        if grep -a -q -E 'SUMMARY: (Thread|Address)Sanitizer' "$log"; then
            grep -a -E 'SUMMARY: (Thread|Address)Sanitizer' "$log" | sort | uniq -c | sort -rn | head -n 20 >&2
            fail "the sanitizer reports the above; see $log"
        fi
    done
done
echo "nothing reported"
print_stages
