# shellcheck shell=bash
# What throw-away servers of every kind need.

# Whose account Debian runs the server with: the caller says.
server_user=nobody

is_root() { [[ $(id -u) == 0 ]]; }

# Servers refuse to run as root.
owner() {
    if ! is_root; then
        id -un
    elif id "$server_user" >/dev/null 2>&1; then
        echo "$server_user"
    else
        echo nobody
    fi
}

# Without the environment: it may be hostile, to try clients with it.
clean() { env -i PATH="$PATH" LC_ALL=C HOME=/nonexistent "$@"; }

as_owner() {
    local user
    user=$(owner)
    if ! is_root; then
        clean "$@"
    elif command -v setpriv >/dev/null; then
        clean setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
    else
        # shellcheck disable=SC2016 # for the inner shell to expand
        clean su -m "$user" -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
    fi
}

# certificate NAME SUBJECT [EXTENSION]…: a key and a certificate signed by the authority, in the working folder.
certificate() {
    local name=$1 subject=$2 days=${days:-30}
    shift 2
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$subject" \
        -keyout "$name.key" -out "$name.csr"
    printf '%s\n' "basicConstraints=CA:FALSE" "$@" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA authority.crt -CAkey authority.key -CAcreateserial -days "$days" \
        -extfile "$name.ext" -out "$name.crt"
    rm "$name.csr" "$name.ext"
}

self_signed() {
    local name=$1 subject=$2
    shift 2
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$subject" \
        -keyout "$name.key" -out "$name.crt" "$@"
}

make_certificates() {
    local here="subjectAltName=DNS:localhost,IP:127.0.0.1"
    self_signed authority "throw-away authority" -addext "basicConstraints=critical,CA:TRUE"
    certificate server localhost "$here"
    certificate elsewhere elsewhere.example "subjectAltName=DNS:elsewhere.example"
    days=-1 certificate expired localhost "$here"
    self_signed stranger localhost -addext "$here"
    certificate client certified
    chmod 600 ./*.key
}

# A number below those that the system gives to clients. Whether it is free is not known before the server has it.
random_port() { echo $((15000 + (RANDOM * 32768 + RANDOM) % 17000)); }

# Of a caller that takes us for ended once a file of its own is closed: the server must not keep it open.
close_inherited_files() {
    local file
    for file in /dev/fd/*; do
        # 255 is bash's own.
        if ((${file##*/} > 2 && ${file##*/} != 255)); then eval "exec ${file##*/}>&-"; fi
    done
}

# guard ROOT: what outlives the process that held the other end of our input, however that has ended. `end HOME` ends one
# server.
guard() {
    local root=$1 home
    trap '' INT TERM HUP
    cat >/dev/null || true
    for home in "$root"/*/; do end "${home%/}" & done
    wait
    rm -rf "${root:?}"
}
