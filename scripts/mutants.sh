#!/usr/bin/env bash
# Removes one defence at a time and demands that the tests which guard it turn red: mutants.sh [NAME…]
# Tests/Mutants/README.md explains the patches.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/.build-mutants
tree=$work/tree
export LOGS=$work/logs
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
# shellcheck source=scripts/lib/testing.sh
source scripts/lib/testing.sh
# shellcheck source=scripts/lib/files.sh
source scripts/lib/files.sh

# One test run of a mutant. A defence whose loss makes a test hang is guarded, too, but the test should say so itself.
run_limit=${MUTANT_LIMIT:-120}
table="" failures=0

fail() {
    echo "mutants: $*" >&2
    exit 1
}

# Only one run at a time may use the copy.
mkdir -p "$tree"
lock=$work/lock
mkdir "$lock" 2>/dev/null || fail "another run is using .build-mutants (if not, remove $lock)"
trap 'rmdir "$lock"' EXIT

# The copy lives on from run to run, and only files that differ are written, so that a build of it is incremental.
restore_tree() {
    repository_files | grep -v -E '^(Examples|Benchmarks)/' | sort >"$work/files"
    mirror_files "$tree" "$work/files"
}

# header NAME PATCH: the values of that field, which stand before the patch proper.
header() { sed -n -E -e '/^(diff |--- )/q' -e "s/^$1:[[:space:]]*(.*[^[:space:]])[[:space:]]*\$/\\1/p" "$2"; }

build() { swift build --package-path "$tree" --build-tests; }

# run_test FILTER LOG: sets `outcome` to green, red, crashed, hung, misuse or none.
run_test() {
    local status=0
    swift_test "$run_limit" --package-path "$tree" --skip-build --parallel --filter "$1" >"$2" 2>&1 || status=$?
    if ((status == 124 || status == 137)); then
        outcome=hung
    elif misuse_in "$2"; then
        outcome=misuse
    elif ((status != 0)); then
        outcome=red
        if grep -a -q -E 'unexpected signal code|Fatal error|Sanitizer' "$2"; then outcome=crashed; fi
    elif (($(tests_run "$2") == 0)); then
        outcome=none
    else
        outcome=green
    fi
}

row() { # MUTANT FAULT TEXT
    table+=$(printf '%-38s %-8s %s' "$1" "$2" "$3")$'\n'
}

bad() { # MUTANT FAULT TEXT
    row "$1" "$2" "NOT PROVED: $3"
    failures=$((failures + 1))
}

log_of() { echo "$logs/$1.log"; } # NAME

# try_mutant PATCH: builds the copy with the patch and runs the tests that it names.
try_mutant() {
    local patch=$1 name fault test caught="" kept=""
    name=$(basename "$patch" .patch)
    fault=$(header Fault "$patch" | tr '\n' ' ')
    say_progress "$name: building …"
    restore_tree
    # A git repository around the copy would make `git apply` skip, silently, what lies outside of its folder.
    if ! (cd "$tree" && GIT_CEILING_DIRECTORIES=$work git apply "$root/$patch") >"$(log_of "$name")" 2>&1; then
        clear_progress
        sed 's/^/    /' "$(log_of "$name")" >&2
        bad "$name" "$fault" "the patch does not apply"
        return
    fi
    if ! build >"$(log_of "$name")" 2>&1; then
        clear_progress
        grep -a -E '^[^ ].*error:' "$(log_of "$name")" | sort -u | head -n 5 | sed "s#^$tree/#    #" >&2
        bad "$name" "$fault" "the mutant does not compile"
        return
    fi
    while IFS= read -r test; do
        say_progress "$name: $test …"
        run_test "$test" "$(log_of "$name")"
        case $outcome in
            green | none) kept+="${kept:+, }$test" ;;
            red) caught+="${caught:+, }$test" ;;
            *) caught+="${caught:+, }$test ($outcome)" ;;
        esac
    done < <(header Test "$patch")
    clear_progress
    if [[ -n $kept ]]; then
        bad "$name" "$fault" "without the defence still green: $kept"
    else
        row "$name" "$fault" "$caught"
    fi
}

patches=()
if (($# > 0)); then
    for name in "$@"; do patches+=("Tests/Mutants/$(basename "$name" .patch).patch"); done
else
    for patch in Tests/Mutants/*.patch; do
        if [[ -e $patch ]]; then patches+=("$patch"); fi
    done
fi
((${#patches[@]} > 0)) || fail "no patch in Tests/Mutants"
for patch in "${patches[@]}"; do
    [[ -f $patch ]] || fail "there is no $patch"
    [[ -n $(header Test "$patch") ]] || fail "$patch names no test (a line 'Test: filter' before the diff)"
    [[ -n $(header Fault "$patch") ]] || fail "$patch names no fault (a line 'Fault: F…' before the diff)"
done

# Without a patch the named tests must exist and pass, or their failing later would prove nothing.
bash scripts/install-dependencies.sh
restore_tree
stage "build without patches" build
began=$SECONDS
while IFS= read -r test; do
    say_progress "without patches: $test …"
    run_test "$test" "$(log_of baseline)"
    clear_progress
    case $outcome in
        green) ;;
        none) fail "'$test' matches no test" ;;
        *)
            grep -a -E '✘|CONTINUATION MISUSE|Fatal error' "$(log_of baseline)" >&2 || true
            unfinished_in "$(log_of baseline)" | sed 's/^/did not end: /' >&2
            fail "'$test' fails without any patch ($outcome)"
            ;;
    esac
done < <(for patch in "${patches[@]}"; do header Test "$patch"; done | sort -u)
record_stage "tests without patches" $((SECONDS - began)) 0

began=$SECONDS
for patch in "${patches[@]}"; do try_mutant "$patch"; done
record_stage "${#patches[@]} mutants" $((SECONDS - began)) "$failures"
restore_tree

printf '%-38s %-8s %s\n' MUTANT FAULT "CAUGHT BY"
printf '%s\n' "$table"
print_stages
if ((failures > 0)); then fail "$failures of ${#patches[@]} mutants were not caught; logs are in .build-mutants/logs"; fi
