# Named stages with their times, quiet when all is well. Sourced; expects the working directory to be the repository.
# shellcheck shell=bash

logs=${LOGS:-.build/logs}
mkdir -p "$logs"
stage_table=""

# stage NAME COMMAND…: runs the command with its output in a log. If it fails, shows the end of the log and exits.
# VERBOSE=1 shows the output as it comes. The command runs in a process of its own: it may not be a shell function
# that relies on `set -e`.
stage() {
    local name=$1 status=0 began=$SECONDS log
    log=$logs/${1// /-}.log
    shift
    say_progress "$name …"
    if [[ ${VERBOSE:-0} != 0 ]]; then
        "$@" 2>&1 | tee "$log" || status=$?
    else
        "$@" >"$log" 2>&1 || status=$?
    fi
    clear_progress
    record_stage "$name" $((SECONDS - began)) "$status"
    if ((status != 0)); then
        if [[ ${VERBOSE:-0} == 0 ]]; then
            echo "--- end of $log" >&2
            tail -n 25 "$log" >&2
        fi
        print_stages >&2
        echo "$name failed (status $status); the whole output is in $log" >&2
        # Errors last: where only the end of an output is kept, it has to tell which test failed and how.
        errors_in "$log" >&2
        exit 1
    fi
}

# errors_in LOG: the failures that the log tells of, each with the lines that explain it.
errors_in() {
    grep -a -E -A 2 '^([^ ].*)?error:|✘ .* recorded an issue|CONTINUATION MISUSE|Fatal error' "$1" \
        | grep -a -v -E '^--$|^◇|^✔' | awk '!seen[$0]++' | cut -c 1-600 | head -n 30 || true
}

record_stage() { # NAME SECONDS STATUS
    local outcome=""
    (($3 == 0)) || outcome="  failed"
    stage_table+=$(printf '%-28s %5d s%s' "$1" "$2" "$outcome")$'\n'
}

print_stages() {
    printf '%s' "$stage_table"
    printf '%-28s %5d s\n' total "$SECONDS"
}

# On a terminal the running stage is shown, and wiped when it ends.
say_progress() { if [[ -t 2 && ${VERBOSE:-0} == 0 ]]; then printf '\r\033[K%s' "$1" >&2; fi; }
clear_progress() { say_progress ""; }

# A hung command fails, with its log, instead of holding up everything: limited SECONDS COMMAND…
# Status 124 or 137 means that the time was up. (`timeout` is part of coreutils; macOS may not have it.) `swift` takes
# its children with it on SIGINT; on SIGTERM it leaves them behind.
limited() {
    local seconds=$1
    shift
    if command -v timeout >/dev/null; then
        timeout --signal=INT --kill-after=20 "$seconds" "$@"
    else
        "$@"
    fi
}
