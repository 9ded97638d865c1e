# shellcheck shell=bash
# Throw-away servers for the time of one command. Sourced; expects the working directory to be the repository.

postgres_home="" mariadb_home=""

# with_server KIND SETTINGS COMMAND…: runs the command with a server of its own, which ends with this process. KIND is
# postgres or mariadb, SETTINGS are words as scripts/KIND.sh takes them. `server_url KIND …` tells the way to it.
with_server() {
    local kind=$1 settings=$2 root status=0
    shift 2
    # Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
    root=$(mktemp -d "/tmp/pooling-$kind-XXXXXX") || return
    case $kind in
        postgres)
            exec 9> >(exec bash scripts/postgres.sh guard "$root")
            postgres_home=$root/server
            ;;
        mariadb)
            exec 8> >(exec bash scripts/mariadb.sh guard "$root")
            mariadb_home=$root/server
            ;;
    esac
    bash "scripts/$kind.sh" prepare "$root" 8>&- 9>&- || return
    # shellcheck disable=SC2086 # words
    bash "scripts/$kind.sh" create "$root" server $settings 8>&- 9>&- || return
    "$@" 8>&- 9>&- || status=$?
    case $kind in
        postgres) exec 9>&- ;;
        mariadb) exec 8>&- ;;
    esac
    return "$status"
}

# server_url KIND WAY: over loopback (tcp), over the unix socket (unix), or over loopback with TLS, by which the server
# proves its name (tls). The password of the user `app` is no secret.
server_url() {
    local user="app:app-canary-93b7"
    case $1 in
        postgres)
            local port
            port=$(cat "$postgres_home/port")
            case $2 in
                tcp) echo "postgres://$user@127.0.0.1:$port/app?sslmode=disable" ;;
                unix) echo "postgres://$user@/app?host=$postgres_home/socket&port=$port" ;;
                tls) echo "postgres://$user@127.0.0.1:$port/app?$(tls_options "$postgres_home")" ;;
            esac
            ;;
        mariadb)
            case $2 in
                tcp) echo "mariadb://$user@127.0.0.1:$(cat "$mariadb_home/port")/app?sslmode=disable" ;;
                unix) echo "mariadb://$user@/app?socket=$mariadb_home/socket" ;;
                tls) echo "mariadb://$user@127.0.0.1:$(cat "$mariadb_home/port")/app?$(tls_options "$mariadb_home")" ;;
            esac
            ;;
    esac
}

tls_options() { echo "sslmode=verify-full&sslrootcert=${1%/*}/certificates/authority.crt"; }
