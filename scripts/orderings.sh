#!/usr/bin/env bash
# Weakens one memory ordering of the slots' words at a time and demands that ThreadSanitizer reports the race which that
# makes: orderings.sh [NAME…]. Part of `make sanitize`; the patches stand in Tests/Mutants/Orderings.
#
# No test can turn red of itself here, since a processor like x86 orders more than the code asks for; but the sanitizer
# goes by what the code asks for. Only the engine and its stress tests are built, in a package of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/.build-orderings
tree=$work/tree
export LOGS=$work/logs
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/testing.sh
source scripts/lib/testing.sh
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

limit=${SANITIZE_LIMIT:-900}
options=(--sanitize=thread -Xswiftc -DPOOLING_PTHREAD_LOCK
    -Xswiftc -disable-upcoming-feature -Xswiftc MemberImportVisibility)
export TSAN_OPTIONS="suppressions=$root/scripts/sanitizers/thread.supp halt_on_error=0 exitcode=0"
failures=0 table=""

fail() {
    print_stages >&2
    echo "orderings: $*" >&2
    exit 1
}

# lay_out: the engine and its stress tests as a package.
lay_out() {
    mkdir -p "$tree"
    repository_files Sources/PoolingCore Sources/CPoolingShims Tests/PoolingCoreTests/Stress \
        Tests/PoolingCoreTests/Support Tests/PoolingCoreTests/Execution/ThreadGate.swift | sort >"$work/files"
    mirror_files "$tree" "$work/files"
    # The settings and the packages are those of the whole; of the targets only these.
    {
        sed -e '/^    products: \[/,/^    \],/d' -e '/^    targets: \[/,$d' Package.swift
        cat <<'TARGETS'
    targets: [
        .target(
            name: "PoolingCore",
            dependencies: [
                "CPoolingShims",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "ServiceContextModule", package: "swift-service-context"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(name: "CPoolingShims"),
        .testTarget(name: "PoolingCoreTests", dependencies: ["PoolingCore"], swiftSettings: settings),
    ]
)
TARGETS
    } >"$work/Package.swift"
    mv "$work/Package.swift" "$tree/Package.swift"
}

build() { swift build --package-path "$tree" --build-tests "${options[@]}"; }

run_test() { # FILTER
    swift_test "$limit" --package-path "$tree" --skip-build --no-parallel "${options[@]}" --filter "$1"
}

# races LOG: how many the sanitizer has reported.
races() { grep -a -c -E 'SUMMARY: ThreadSanitizer: (data|Swift access) race' "$1" || true; }

header() { sed -n -E -e '/^(diff |--- )/q' -e "s/^$1:[[:space:]]*(.*[^[:space:]])[[:space:]]*\$/\\1/p" "$2"; }

patches=()
if (($# > 0)); then
    for name in "$@"; do patches+=("Tests/Mutants/Orderings/$(basename "$name" .patch).patch"); done
else
    patches=(Tests/Mutants/Orderings/*.patch)
fi
for patch in "${patches[@]}"; do
    [[ -f $patch ]] || fail "there is no $patch"
    [[ -n $(header Test "$patch") ]] || fail "$patch names no test (a line 'Test: filter' before the diff)"
done

bash scripts/install-dependencies.sh
lay_out
stage "build as it is" build
stage "tests as they are" run_test 'SlotStressTests|PoolStressTests'
log=$logs/tests-as-they-are.log
(($(tests_run "$log") > 0)) || fail "no stress test was found"
(($(races "$log") == 0)) || fail "there are races without any patch; see $log"

began=$SECONDS
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    test=$(header Test "$patch")
    log=$logs/$name.log
    say_progress "$name: building …"
    lay_out
    (cd "$tree" && GIT_CEILING_DIRECTORIES=$work git apply "$root/$patch") >"$log" 2>&1 \
        || { cat "$log" >&2 && fail "$name does not apply"; }
    build >"$log" 2>&1 || { grep -a 'error:' "$log" | sort -u | head -n 5 >&2 && fail "$name does not compile"; }
    say_progress "$name: $test …"
    run_test "$test" >"$log" 2>&1 || true
    clear_progress
    (($(tests_run "$log") > 0)) || fail "'$test' matches no test"
    if (($(races "$log") > 0)); then outcome="reported"; else outcome="NOT REPORTED" failures=$((failures + 1)); fi
    table+=$(printf '%-34s %s' "$name" "$outcome")$'\n'
done
record_stage "${#patches[@]} orderings" $((SECONDS - began)) "$failures"
lay_out
printf '%s' "$table"
if ((failures > 0)); then fail "$failures weakened orderings were not reported; logs are in .build-orderings/logs"; fi
print_stages
