#!/usr/bin/env bash
# Checks the model of the slots' protocol, exhaustively, and that it would notice: each weakened model has to be refuted.
# Model/README.md explains it. model.sh [NAME…] runs those scenes and weakenings only.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$root/.build-model
wanted=" $* "
failures=0 ran=0 states_in_all=0

# name, what is to be found, switches. Every run ends in an allowed state, and no assertion fails.
scenes() {
    cat <<'TABLE'
two-loans-each         clean  -DROUNDS=2 -DTWO_TRIES
stale-tokens           clean  -DSTALE -DBREAKS
growth                 clean  -DEMPTY -DCANCELS
cancel                 clean  -DCANCELS -DBREAKS -DTWO_TRIES
evict                  clean  -DEVICTIONS=2
evict-cancel           clean  -DEVICTIONS=1 -DCANCELS
evict-stale            clean  -DSLOTS=1 -DEVICTIONS=1 -DSTALE
resize-suspend         clean  -DRESIZES -DSUSPENDS
resize-cancel          clean  -DRESIZES -DBREAKS -DCANCELS
shutdown               clean  -DSHUTS_DOWN -DBREAKS
shutdown-evict         clean  -DSHUTS_DOWN -DEVICTIONS=1
shutdown-all-at-once   clean  -DBORROWERS=2 -DSHUTS_DOWN -DSUSPENDS -DCANCELS -DRESIZES -DSTALE
owners                 clean  -DOWNERS -DEVICTIONS=1
TABLE
}

# No run goes on for ever, so the end states that the scenes look at are those of all runs.
endings() {
    cat <<'TABLE'
ends-cancel            clean  -DCANCELS -DBREAKS
ends-evict             clean  -DBORROWERS=2 -DEVICTIONS=1 -DCANCELS
ends-resize-suspend    clean  -DBORROWERS=2 -DRESIZES -DSUSPENDS
ends-shutdown          clean  -DSHUTS_DOWN
TABLE
}

# What has to be found: two (holders, or a token that ends what it must not), stuck (a lost wake-up), owner.
weakenings() {
    cat <<'TABLE'
checkout-stores            two    -DSLOTS=1 -DBORROWERS=2
checkin-stores             stuck  -DSLOTS=1 -DBORROWERS=2
recall-stores              stuck  -DSLOTS=1 -DBORROWERS=2
claim-stores               two    -DSLOTS=1 -DBORROWERS=2 -DEVICTIONS=1
sequence-ignored           two    -DSLOTS=1 -DBORROWERS=2 -DSTALE
takeback-ignores-state     two    -DSLOTS=1 -DBORROWERS=2 -DSHUTS_DOWN
shared-token               two    -DSLOTS=1 -DBORROWERS=2
no-recall                  stuck  -DSLOTS=1 -DBORROWERS=2
recalls-before-it-waits    stuck  -DSLOTS=1 -DBORROWERS=2
delegates-first            stuck  -DSLOTS=1 -DBORROWERS=2
returner-does-not-look     stuck  -DSLOTS=1 -DBORROWERS=2
cancelled-keeps            stuck  -DSLOTS=1 -DBORROWERS=3 -DCANCELS
resume-does-not-serve      stuck  -DSLOTS=1 -DBORROWERS=2 -DSUSPENDS
shutdown-does-not-recall   stuck  -DSLOTS=1 -DBORROWERS=2 -DSHUTS_DOWN
owner-stays                owner  -DSLOTS=1 -DBORROWERS=3 -DOWNERS
TABLE
}

fail() {
    echo "make model: $*" >&2
    exit 1
}

# verify NAME KIND SWITCH…: leaves pan's report in $log.
verify() {
    local name=$1 kind=$2 folder=$work/$1 compile="-O2 -DSAFETY" run=""
    shift 2
    case $kind in
        endings) compile="-O2 -DNP" run="-l" ;;
        weakenings) compile="-O0 -DSAFETY" ;; # found at once: compiling takes longer
    esac
    rm -rf "$folder"
    mkdir -p "$folder"
    cp Model/*.pml "$folder"
    log=$folder/report
    (
        cd "$folder"
        spin -a "$@" pool.pml >spin.log 2>&1 || { cat spin.log >&2; exit 1; }
        # pan.c is spin's, and not free of warnings.
        # shellcheck disable=SC2086 # options
        cc $compile -w -DCOLLAPSE -DMEMLIM=3000 -o pan pan.c
        # shellcheck disable=SC2086 # an option, or nothing
        ./pan -n -m1000000 $run >report 2>&1
    ) || fail "the model can't be run; see $folder"
}

field() { sed -n -E "s/.*$1.*/\\1/p" "$log" | tail -n 1; }

# What the report says: a violation in one line, "clean" for a complete search without one.
verdict() {
    local violation
    violation=$(field 'pan:1: (.*) \(at depth [0-9]+\)')
    if [[ -n $violation ]]; then
        echo "$violation"
    elif grep -q -E 'errors: 0$' "$log" && ! grep -q -E 'search depth too small|reached -DMEMLIM|Search not completed' "$log"; then
        echo clean
    else
        echo "not searched completely"
    fi
}

kind_of() { # VERDICT
    case $1 in
        *"owner["*) echo owner ;;
        *"assertion violated"*loanOf*) echo two ;;
        *"invalid end state"*) echo stuck ;;
        *) echo other ;;
    esac
}

run_one() { # KIND NAME EXPECTED SWITCHES
    local kind=$1 name=$2 expected=$3 switches=$4 began=$SECONDS found states text weak=""
    if [[ $wanted != "  " && $wanted != *" $name "* ]]; then return; fi
    if [[ $kind == weakenings ]]; then
        weak=-DWEAK_$(tr 'a-z-' 'A-Z_' <<<"$name")
        grep -q -w "${weak#-D}" Model/*.pml || fail "the model knows no ${weak#-D}"
    fi
    # shellcheck disable=SC2086 # a list of switches
    verify "$name" "$kind" $switches ${weak:+$weak -DOUTCOMES_ONLY}
    found=$(verdict)
    states=$(field ' ([0-9.e+]+) states, stored')
    ran=$((ran + 1))
    text=$found
    if [[ $kind == weakenings ]]; then
        if [[ $found == clean ]]; then text="NOT NOTICED"; fi
        if [[ $(kind_of "$found") != "$expected" ]]; then
            text+="; expected: $expected"
            failures=$((failures + 1))
        fi
    elif [[ $found != clean ]]; then
        text="VIOLATED: $found; for the story: cd .build-model/$name && ./pan -r pool.pml.trail"
        failures=$((failures + 1))
    fi
    states_in_all=$((states_in_all + $(printf '%.0f' "$states")))
    printf '%-26s %10.0f states %4d s  %s\n' "$name" "$states" $((SECONDS - began)) "$text"
}

# The names of the model's steps and those in the code's comments are the same.
compare_steps() {
    local in_model in_code
    in_model=$(grep -h -o -E 'inline step_[a-z_]+' Model/*.pml | cut -d' ' -f2 | sort -u)
    in_code=$(grep -h -o -E 'step_[a-z_]+' Sources/PoolingCore/Engine/FastPath/*.swift | sort -u)
    diff <(printf '%s\n' "$in_model") <(printf '%s\n' "$in_code") >"$work/steps.diff" \
        || fail "steps of the model (<) and steps that the code names (>) differ:"$'\n'"$(cat "$work/steps.diff")"
}

bash scripts/install-dependencies.sh model
mkdir -p "$work"
compare_steps
for kind in scenes endings weakenings; do
    echo "== $kind"
    while read -r name expected switches; do
        run_one "$kind" "$name" "$expected" "$switches"
    done < <("$kind")
done
((ran > 0)) || fail "there is nothing called$wanted"
((failures == 0)) || fail "$failures of $ran runs did not give what they have to"
echo "$ran runs of the model gave what they have to: $states_in_all states in $SECONDS s"
