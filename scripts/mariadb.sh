#!/usr/bin/env bash
# Throw-away MariaDB servers for tests and benchmarks: TLS with a throw-away authority, loopback and a unix socket, nothing
# durable, never root.
#
#   scripts/mariadb.sh prepare ROOT                          what the servers below ROOT begin with
#   scripts/mariadb.sh create ROOT NAME [SETTING=VALUE]…     makes a server and starts it
#   scripts/mariadb.sh start ROOT NAME
#   scripts/mariadb.sh stop ROOT NAME [TERM|KILL]
#   scripts/mariadb.sh remove ROOT NAME
#   scripts/mariadb.sh guard ROOT      waits until its standard input ends, then ends every server and removes ROOT
#
# ROOT/certificates  authority.crt; server.crt and .key for localhost; elsewhere.*, expired.* and stranger.* that a
#                    client must refuse; client.* for the user `certified`
# ROOT/NAME          data/, socket, port (a file with the number), pid, log
#
# Users: `root` and `app`, who may do everything in the database `app`, with the passwords below; `modern`, who proves
# himself with ed25519; `tls_only`, who needs TLS; `certified`, who needs the certificate.
set -euo pipefail
# shellcheck source=scripts/lib/servers.sh
source "$(dirname "$0")/lib/servers.sh"

server_user=mysql
root_password="root-canary-5c1e"
password="app-canary-93b7"

fail() {
    echo "mariadb: $*" >&2
    exit 1
}

# Debian keeps the server among the administrator's programs.
find_programs() {
    PATH=$PATH:/usr/sbin
    command -v mariadbd >/dev/null || fail "no 'mariadbd'; scripts/install-dependencies.sh installs MariaDB"
}

prepare() {
    local root=$1
    mkdir -p "$root/certificates" "$root/template/secret"
    chmod 755 "$root" "$root/certificates"
    (cd "$root/certificates" && make_certificates >"$root/certificates/log" 2>&1) \
        || fail "openssl failed: $(tail -n 3 "$root/certificates/log")"
    cp "$root"/certificates/{authority,server,elsewhere,expired,stranger}.{crt,key} "$root/template/secret"
    if is_root; then chown -R "$(owner)" "$root/template"; fi
    as_owner mariadb-install-db --no-defaults --datadir="$root/template/data" --skip-test-db \
        --auth-root-authentication-method=normal --innodb-log-file-size=8M --skip-name-resolve >"$root/log" 2>&1 \
        || fail "mariadb-install-db failed: $(tail -n 3 "$root/log")"
    as_owner mariadbd --no-defaults --datadir="$root/template/data" --innodb-log-file-size=8M \
        --bootstrap >>"$root/log" 2>&1 <<SQL \
        || fail "no users: $(tail -n 3 "$root/log")"
FLUSH PRIVILEGES;
INSTALL SONAME 'auth_ed25519';
CREATE DATABASE app CHARACTER SET utf8mb4;
ALTER USER root@localhost IDENTIFIED BY '$root_password';
CREATE OR REPLACE USER root@127.0.0.1 IDENTIFIED BY '$root_password';
GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;
CREATE USER app@localhost IDENTIFIED BY '$password', app@127.0.0.1 IDENTIFIED BY '$password';
CREATE USER modern@127.0.0.1 IDENTIFIED VIA ed25519 USING PASSWORD('$password');
CREATE USER tls_only@127.0.0.1 IDENTIFIED BY '$password' REQUIRE SSL;
CREATE USER certified@127.0.0.1 IDENTIFIED BY '$password' REQUIRE SUBJECT '/CN=certified';
GRANT ALL ON app.* TO app@localhost, app@127.0.0.1, modern@127.0.0.1, tls_only@127.0.0.1, certified@127.0.0.1;
SQL
}

create() {
    local root=$1 name=$2 home=$1/$2 setting
    shift 2
    mkdir "$home"
    cp -a "$root/template/." "$home"
    mkdir "$home/temporary"
    if is_root; then chown "$(owner)" "$home" "$home/temporary"; fi
    cat >"$home/my.cnf" <<SETTINGS
[mariadbd]
datadir=$home/data
# A server that starts removes what others have of their temporary tables in the same folder.
tmpdir=$home/temporary
socket=$home/socket
pid-file=$home/pid
log-error=$home/log
bind-address=127.0.0.1
skip-name-resolve
skip-log-bin
innodb-flush-log-at-trx-commit=0
innodb-fast-shutdown=2
innodb-buffer-pool-size=32M
innodb-log-file-size=8M
performance-schema=OFF
ssl-ca=$home/secret/authority.crt
ssl-cert=$home/secret/server.crt
ssl-key=$home/secret/server.key
SETTINGS
    for setting in "$@"; do echo "$setting"; done >>"$home/my.cnf"
    for _ in 1 2 3 4 5 6 7 8; do
        random_port >"$home/port"
        if start "$root" "$name"; then return; fi
        grep -q 'Address already in use' "$home/log" || break
        rm -f "$home/log"
    done
    fail "the server does not start: $(tail -n 3 "$home/log")"
}

start() {
    local home=$1/$2 server
    (
        close_inherited_files
        as_owner mariadbd --defaults-file="$home/my.cnf" --port="$(cat "$home/port")" &
        echo $! >"$home/process"
    ) </dev/null >/dev/null 2>&1
    server=$(cat "$home/process")
    for _ in $(seq 600); do
        if [[ -S $home/socket ]] && answers "$home"; then return; fi
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

answers() {
    clean mariadb-admin --no-defaults --socket="$1/socket" --user=app --password="$password" ping >/dev/null 2>&1
}

# stop ROOT NAME [SIGNAL]
stop() { end "$1/$2" "${3:-TERM}"; }

# end HOME [SIGNAL]: also of a server that was stopped by a signal.
end() {
    local server
    server=$(cat "$1/pid" 2>/dev/null || cat "$1/process" 2>/dev/null) || return 0
    kill -"${2:-KILL}" "$server" 2>/dev/null || return 0
    kill -CONT "$server" 2>/dev/null || true
    for _ in $(seq 300); do
        if ! kill -0 "$server" 2>/dev/null; then
            rm -f "$1/pid" "$1/socket"
            return 0
        fi
        sleep 0.1
    done
    kill -KILL "$server" 2>/dev/null || true
}

remove() {
    end "$1/$2"
    rm -rf "${1:?}/${2:?}"
}

[[ $# -ge 2 ]] || fail "see the head of this file for what it can be asked"
case $1 in
    prepare | create | start | stop | remove | guard) ;;
    *) fail "no such command: $1" ;;
esac
find_programs
"$@"
