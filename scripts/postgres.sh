#!/usr/bin/env bash
# Throw-away PostgreSQL servers for tests and benchmarks: SCRAM, TLS with a throw-away authority, loopback and a unix
# socket, nothing durable, never root.
#
#   scripts/postgres.sh prepare ROOT                          what the servers below ROOT begin with
#   scripts/postgres.sh create ROOT NAME [SETTING=VALUE]…     makes a server and starts it
#   scripts/postgres.sh start ROOT NAME
#   scripts/postgres.sh stop ROOT NAME [smart|fast|immediate]
#   scripts/postgres.sh pooler ROOT NAME [SETTING=VALUE]…     a PgBouncer in front of it, which pools transactions; it ends
#                                                             with the server
#   scripts/postgres.sh remove ROOT NAME
#   scripts/postgres.sh guard ROOT      waits until its standard input ends, then ends every server and removes ROOT
#
# ROOT/certificates  authority.crt; server.crt and .key for localhost; elsewhere.*, expired.* and stranger.* that a
#                    client must refuse; client.* for the role `certified`
# ROOT/NAME          data/, socket/ (the unix socket's folder), port (a file with the number), log
# ROOT/NAME/pooler   port, log, pgbouncer.ini
#
# Roles: `postgres` (superuser) and `app`, who owns the database `app`, with the passwords below; `tls_only`, whom the
# server lets in only with TLS; `certified`, who needs the certificate.
set -euo pipefail
# shellcheck source=scripts/lib/servers.sh
source "$(dirname "$0")/lib/servers.sh"

server_user=postgres
superuser_password="postgres-canary-5c1e"
password="app-canary-93b7"

fail() {
    echo "postgres: $*" >&2
    exit 1
}

# Debian keeps the server's programs out of PATH; the newest version is taken.
find_programs() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n | tail -n 1)
    if [[ -x $folder/initdb ]]; then
        PATH=$folder:$PATH
    elif ! command -v initdb >/dev/null; then
        fail "no 'initdb'; scripts/install-dependencies.sh installs PostgreSQL"
    fi
}

prepare() {
    local root=$1
    mkdir -p "$root/certificates" "$root/template/secret"
    chmod 755 "$root" "$root/certificates"
    (cd "$root/certificates" && make_certificates >"$root/certificates/log" 2>&1) \
        || fail "openssl failed: $(tail -n 3 "$root/certificates/log")"
    cp "$root"/certificates/{authority,server,elsewhere,expired,stranger}.{crt,key} "$root/template/secret"
    echo "$superuser_password" >"$root/template/secret/password"
    if is_root; then chown -R "$(owner)" "$root/template"; fi
    local data=$root/template/data
    as_owner initdb --pgdata="$data" --username=postgres --pwfile="$root/template/secret/password" --encoding=UTF8 \
        --locale=C --auth=scram-sha-256 --no-sync --no-instructions >"$root/log" 2>&1 \
        || fail "initdb failed: $(tail -n 3 "$root/log")"
    as_owner tee -a "$data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0777
ssl = on
ssl_ca_file = '../secret/authority.crt'
ssl_cert_file = '../secret/server.crt'
ssl_key_file = '../secret/server.key'
fsync = off
full_page_writes = off
synchronous_commit = off
shared_buffers = 16MB
max_wal_size = 128MB
autovacuum = off
dynamic_shared_memory_type = mmap
timezone = 'UTC'
lc_messages = 'C'
SETTINGS
    as_owner tee "$data/pg_hba.conf" >/dev/null <<'ACCESS'
local     all         all                    scram-sha-256
hostssl   all         certified 127.0.0.1/32 cert
hostnossl all         tls_only  127.0.0.1/32 reject
host      all         all       127.0.0.1/32 scram-sha-256
host      replication all       127.0.0.1/32 scram-sha-256
ACCESS
    as_owner postgres --single -D "$data" postgres >>"$root/log" 2>&1 <<SQL || fail "no roles: $(tail -n 3 "$root/log")"
CREATE ROLE app LOGIN PASSWORD '$password'
CREATE ROLE tls_only LOGIN PASSWORD '$password'
CREATE ROLE certified LOGIN
CREATE DATABASE app OWNER app
SQL
}

create() {
    local root=$1 name=$2 home=$1/$2 setting
    shift 2
    mkdir "$home"
    cp -a "$root/template/." "$home"
    mkdir "$home/socket"
    if is_root; then chown "$(owner)" "$home" "$home/socket"; fi
    for setting in "unix_socket_directories=$home/socket" "$@"; do
        printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"
    done >>"$home/data/postgresql.conf"
    for _ in 1 2 3 4 5 6 7 8; do
        random_port >"$home/port"
        echo "port = $(cat "$home/port")" >>"$home/data/postgresql.conf"
        if start "$root" "$name"; then return; fi
        grep -q 'Address already in use' "$home/log" || break
    done
    fail "the server does not start: $(tail -n 3 "$home/log")"
}

start() {
    (
        close_inherited_files
        as_owner pg_ctl start --wait --timeout=120 --silent --pgdata="$1/$2/data" --log="$1/$2/log"
    ) </dev/null >/dev/null 2>&1
}

stop() { as_owner pg_ctl stop --wait --timeout=120 --silent --pgdata="$1/$2/data" --mode="${3:-fast}"; }

# What a PgBouncer is told. It knows the roles' passwords, for its clients and for the server.
configure_pooler() {
    local home=$1 setting
    shift
    printf '"%s" "%s"\n' app "$password" postgres "$superuser_password" >"$home/pooler/users"
    cat <<SETTINGS
[databases]
* = host=$home/socket port=$(cat "$home/port")
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(cat "$home/pooler/port")
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $home/pooler/users
admin_users = postgres
pool_mode = transaction
default_pool_size = 2
logfile = $home/pooler/log
pidfile = $home/pooler/pid
SETTINGS
    for setting in "$@"; do printf '%s = %s\n' "${setting%%=*}" "${setting#*=}"; done
}

pooler() {
    local home=$1/$2
    shift 2
    # Debian keeps it among the administrator's programs.
    PATH=$PATH:/usr/sbin
    command -v pgbouncer >/dev/null || fail "no 'pgbouncer'; scripts/install-dependencies.sh installs it"
    mkdir "$home/pooler"
    for _ in 1 2 3 4 5 6 7 8; do
        echo $((15000 + (RANDOM * 32768 + RANDOM) % 17000)) >"$home/pooler/port"
        configure_pooler "$home" "$@" >"$home/pooler/pgbouncer.ini"
        if is_root; then chown -R "$(owner)" "$home/pooler"; fi
        if start_pooler "$home"; then return; fi
    done
    fail "PgBouncer does not start: $(tail -n 3 "$home/pooler/log")"
}

start_pooler() {
    (
        close_inherited_files
        as_owner pgbouncer --quiet --daemon "$1/pooler/pgbouncer.ini"
    ) </dev/null >/dev/null 2>&1 || return 1
    # It says that it runs before anybody can connect, or before it has found out that its port is taken.
    for _ in $(seq 150); do
        if as_owner pg_isready --quiet --host=127.0.0.1 --port="$(cat "$1/pooler/port")"; then
            # Somebody answers on that port: is it this one?
            kill -0 "$(cat "$1/pooler/pid" 2>/dev/null)" 2>/dev/null && return 0
        fi
        sleep 0.1
    done
    end_pooler "$1"
    return 1
}

end_pooler() {
    local process
    process=$(cat "$1/pooler/pid" 2>/dev/null) || return 0
    kill -KILL "$process" 2>/dev/null || true
}

# end HOME: also of a server that was stopped by a signal. It ends its own children, frozen ones too, within seconds.
end() {
    local postmaster
    end_pooler "$1"
    postmaster=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) || return 0
    kill -QUIT "$postmaster" 2>/dev/null || return 0
    kill -CONT "$postmaster" 2>/dev/null || return 0
    for _ in $(seq 150); do
        kill -0 "$postmaster" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$postmaster" 2>/dev/null || true
}

remove() {
    end "$1/$2"
    rm -rf "${1:?}/${2:?}"
}

[[ $# -ge 2 ]] || fail "see the head of this file for what it can be asked"
case $1 in
    prepare | create | start | stop | pooler | remove | guard) ;;
    *) fail "no such command: $1" ;;
esac
find_programs
"$@"
