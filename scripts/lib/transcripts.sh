# shellcheck shell=bash
# Transcripts in articles: how a session is found, carried out, and compared. Sourced by scripts/transcripts.sh, which
# sets `place` (the folder that commands run in), `postgres_port` and `mariadb_port`.
#
# A session is a fenced block `console`. A line that begins with `$ ` is a command (one that ends with a backslash goes on in
# the next line); what follows is its output and, where it is one of `pooling`, a last line `[exit status N]`. A block `yaml`
# whose first line is `# NAME` is a file of that name in the folder.

transcript_password="app-canary-93b7"
place="" postgres_port="" mariadb_port=""

# What is written in an article, as it is for the servers at hand.
to_real() {
    sed -e "s/app:\*\*\*@/app:$transcript_password@/g" -e "s/127\.0\.0\.1:5432/127.0.0.1:$postgres_port/g" \
        -e "s/127\.0\.0\.1:3306/127.0.0.1:$mariadb_port/g"
}

# And back: ports as everybody knows them, and folders that are others each time. What a debug build says of its figures is
# no part of an article.
to_written() {
    sed -E -e '/^DEBUG BUILD:/{N;d;}' -e "s/(^|[^0-9])$postgres_port([^0-9]|$)/\15432\2/g" \
        -e "s/(^|[^0-9])$mariadb_port([^0-9]|$)/\13306\2/g" \
        -e 's#/[^ :]*/pooling-[0-9A-F-]{36}/#/tmp/pooling-…/#g' -e "s#$place#/srv/app#g"
}

# run_command COMMAND: its output, and its exit status if it is one of `pooling`.
run_command() {
    local command status=0
    command=$(to_real <<<"$1")
    (cd "$place" && limited 90 bash -c "$command" </dev/null) >"$place.output" 2>&1 || status=$?
    if grep -q -F "$transcript_password" "$place.output"; then
        echo "transcripts: a password is shown by: $1" >&2
        exit 1
    fi
    to_written <"$place.output"
    if [[ $1 == pooling* ]]; then echo "[exit status $status]"; fi
}

# masked COMMAND: what does not depend on time, machine and version. What can be told without running anything stays as
# it is.
masked() {
    case $1 in
        *--help* | *--version* | "pooling drivers"* | *--dry-run*) cat && return ;;
    esac
    # Digits in groups of three are one number; columns stand two spaces apart, and are as wide as what is in them.
    awk '
        { lines[NR] = $0 }
        END {
            usage = lines[NR] == "[exit status 2]"
            for (i = 1; i <= NR; i++) print (usage || lines[i] ~ /^\[exit status/ ? "=" : "~") lines[i]
        }' \
        | sed -E -e '/^=/b' \
            -e 's/\bp50\b/pL/g' -e 's/\bp99\b/pXCIX/g' \
            -e 's/[+-]?[0-9]+( [0-9]{3})*([.,][0-9]+)*( (ns|µs|ms|s|%))?/#/g' \
            -e 's/((costs|gains) # (against|over)|costs nothing against) dedicated/costs # against dedicated/' \
            -e 's/(their timeout +#), # beyond # at most/\1/' -e 's/(take max #): it has .*/\1: …/' -e 's/: no difference can be told//' \
            -e 's/(could not|can.t) be resolved.*|(Temporary failure in name resolution|Name or service not known)/…/' \
        | sed -E -e 's/^.//' -e 's/ +/ /g' -e 's/ $//' -e 's/pL/p50/g' -e 's/pXCIX/p99/g'
}

# carry_out MODE ARTICLE: `write` prints the article with what its commands say now; `check` compares, tells what differs on
# stderr, and fails if anything does.
carry_out() {
    local mode=$1 article=$2 line number=0 kind="" command="" said="" file="" at=0 status=0 count=0
    # finish_command: the expected output has ended.
    finish_command() {
        [[ -n $command ]] || return 0
        local now
        now=$(run_command "$command" && printf x) || exit 1
        now=${now%x}
        count=$((count + 1))
        if [[ -n $now && -z $(printf '%s' "$now" | masked "$command") ]]; then
            echo "transcripts: nothing would be compared of: $command" >&2
            exit 1
        fi
        if [[ $mode == write ]]; then
            printf '%s' "$now"
        elif ! diff -u --label "$article:$at" --label "now" <(printf '%s' "$said" | masked "$command") \
            <(printf '%s' "$now" | masked "$command") >"$place.difference"; then
            {
                echo "transcripts: this says something else than $article (line $at): $command"
                cat "$place.difference"
            } >&2
            status=1
        fi
        command="" said=""
    }
    while IFS= read -r line || [[ -n $line ]]; do
        number=$((number + 1))
        case $kind in
            "")
                case $line in
                    '```console') kind=console ;;
                    '```yaml') kind=yaml file="" ;;
                esac
                ;;
            yaml)
                if [[ $line == '```' ]]; then
                    kind=""
                elif [[ -z $file ]]; then
                    file=${line#\# }
                    : >"$place/$file"
                else
                    to_real <<<"$line" >>"$place/$file"
                fi
                ;;
            console)
                if [[ $line == '```' ]]; then
                    finish_command
                    kind=""
                elif [[ $command == *\\ && -z $said ]]; then
                    command=${command%\\}${line#"${line%%[! ]*}"}
                elif [[ $line == "$ "* ]]; then
                    finish_command
                    command=${line#"$ "} at=$number
                elif [[ $mode == check ]]; then
                    said+=$line$'\n'
                    continue
                else
                    continue
                fi
                ;;
        esac
        if [[ $mode == write ]]; then printf '%s\n' "$line"; fi
    done <"$article"
    if ((count == 0)) && [[ $article != */PoolingCommandLine.md ]]; then
        echo "transcripts: no command was found in $article" >&2
        return 1
    fi
    return "$status"
}
