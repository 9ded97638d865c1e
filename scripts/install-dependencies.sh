#!/usr/bin/env bash
# Makes sure that what the build needs is there: the Swift toolchain (checked), libraries and tools (installed where
# apt exists, named elsewhere). Says nothing when all is there.
#
#   scripts/install-dependencies.sh [profilers] [peers] [references] [model]     those too: what only some targets use
set -euo pipefail

minimum_swift="6.2"
groups=("basics" "$@")

# One line per dependency: the command that proves it, its package for apt, and what to type on Fedora and macOS.
dependencies() {
    local group
    for group in "${groups[@]}"; do
        case $group in
            basics | profilers | peers | references | model) "$group" ;;
            *) fail "no such group of dependencies: $group" ;;
        esac
    done
}

basics() {
    cat <<'TABLE'
has_command git         | git            | dnf install git              | xcode-select --install
has_command make        | make           | dnf install make             | xcode-select --install
has_pkg_config          | pkg-config     | dnf install pkgconf-pkg-config | brew install pkgconf
has_sqlite              | libsqlite3-dev | dnf install sqlite-devel     | xcode-select --install
has_libpq               | libpq-dev      | dnf install libpq-devel      | brew install libpq
has_postgres            | postgresql-15  | dnf install postgresql-server | brew install postgresql@17
has_libmariadb          | libmariadb-dev | dnf install mariadb-connector-c-devel | brew install mariadb-connector-c
has_mariadb             | mariadb-server | dnf install mariadb-server   | brew install mariadb
has_pgbouncer           | pgbouncer      | dnf install pgbouncer        | brew install pgbouncer
has_command redis-server | redis-server  | dnf install redis            | brew install redis
has_command script      | bsdutils       | dnf install util-linux-script | script: part of macOS
has_command openssl     | openssl        | dnf install openssl          | brew install openssl
has_command promtool    | prometheus     | dnf install golang-github-prometheus | brew install prometheus
has_chromium            | chromium       | dnf install chromium         | brew install --cask chromium
has_command pdftotext   | poppler-utils  | dnf install poppler-utils    | brew install poppler
TABLE
}

model() {
    cat <<'TABLE'
has_command spin        | spin           | dnf install spin             | brew install spin
has_command cc          | gcc            | dnf install gcc              | xcode-select --install
TABLE
}

profilers() {
    cat <<'TABLE'
has_command strace      | strace         | dnf install strace           | strace: Linux only
has_command valgrind    | valgrind       | dnf install valgrind         | valgrind: Linux only
TABLE
}

references() {
    cat <<'TABLE'
has_command sysbench    | sysbench       | dnf install sysbench         | brew install sysbench
TABLE
}

# Where a package is only Debian's, the others are told which; scripts/bench-peers.sh expects Debian's paths.
peers() {
    cat <<'TABLE'
has_command javac       | default-jdk-headless | dnf install java-devel   | brew install openjdk
has_file /usr/share/java/HikariCP.jar      | libhikaricp-java      | HikariCP: Debian only      | HikariCP: Debian only
has_file /usr/share/java/slf4j-nop.jar     | libslf4j-java         | slf4j: Debian only         | slf4j: Debian only
has_file /usr/share/java/commons-dbcp2.jar | libcommons-dbcp2-java | commons-dbcp2: Debian only | commons-dbcp2: Debian only
has_command go          | golang-go      | dnf install golang           | brew install go
has_file /usr/share/gocode/src/github.com/jackc/puddle/pool.go | golang-github-jackc-puddle-dev | puddle: Debian only | puddle: Debian only
has_command cargo       | cargo          | dnf install cargo            | brew install rust
has_r2d2                | librust-r2d2-dev | r2d2: Debian only | r2d2: Debian only
has_command node        | nodejs         | dnf install nodejs           | brew install node
has_file /usr/share/nodejs/generic-pool/package.json | node-generic-pool | generic-pool: Debian only | generic-pool: Debian only
has_sqlalchemy          | python3-sqlalchemy | dnf install python3-sqlalchemy | SQLAlchemy: Debian only
TABLE
}

has_file() { [[ -e $1 ]]; }

has_r2d2() { compgen -G '/usr/share/cargo/registry/r2d2-*/Cargo.toml' >/dev/null; }

# The system's Python: another one in PATH does not see the system's packages.
has_sqlalchemy() { /usr/bin/python3 -c 'import sqlalchemy' 2>/dev/null; }

has_command() { command -v "$1" >/dev/null; }

is_macos() { [[ $(uname -s) == Darwin ]]; }

# On macOS everything needed so far is in the SDK.
has_pkg_config() { is_macos || has_command pkg-config; }

has_sqlite() {
    if is_macos; then
        local sdk
        sdk=$(xcrun --show-sdk-path 2>/dev/null) && [[ -e $sdk/usr/include/sqlite3.h ]]
    else
        pkg-config --exists sqlite3 2>/dev/null
    fi
}

# Homebrew keeps its libpq out of the common paths, and SwiftPM looks for it there by itself.
has_libpq() {
    if is_macos; then
        has_command brew && brew list libpq >/dev/null 2>&1
    else
        pkg-config --exists libpq 2>/dev/null
    fi
}

has_libmariadb() {
    if is_macos; then
        has_command brew && brew list mariadb-connector-c >/dev/null 2>&1
    else
        pkg-config --exists libmariadb 2>/dev/null
    fi
}

# Debian keeps the server among the administrator's programs.
has_mariadb() { has_command mariadbd || [[ -x /usr/sbin/mariadbd ]]; }

# The browser that tests of pages look through. Fedora has another name for it; macOS keeps it out of PATH.
has_chromium() {
    has_command chromium || has_command chromium-browser || [[ -x /Applications/Chromium.app/Contents/MacOS/Chromium ]]
}

# The server that the tests start. Debian keeps its programs out of PATH.
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has_command initdb; }

# A pooler in front of that server. Debian keeps it among the administrator's programs.
has_pgbouncer() { has_command pgbouncer || [[ -x /usr/sbin/pgbouncer ]]; }

fail() {
    echo "install-dependencies: $*" >&2
    exit 1
}

check_swift() {
    has_command swift || fail "no 'swift' in PATH; install Swift $minimum_swift or later: https://www.swift.org/install"
    local text version major minor
    text=$(swift --version 2>/dev/null) || fail "'swift --version' fails; see https://www.swift.org/install"
    version=$(sed -n -E 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$text" | head -n 1)
    [[ -n $version ]] || fail "'swift --version' names no version: $text"
    major=${version%.*} minor=${version#*.}
    if ((major < ${minimum_swift%.*} || (major == ${minimum_swift%.*} && minor < ${minimum_swift#*.}))); then
        fail "Swift $version is too old; $minimum_swift or later is needed: https://www.swift.org/install"
    fi
}

# missing COLUMN: that column of every dependency whose proof fails (2: apt, 3: Fedora, 4: macOS).
missing() {
    local line proof
    dependencies | while IFS= read -r line; do
        proof=$(cut -d'|' -f1 <<<"$line")
        # shellcheck disable=SC2086 # the proof is a command with its argument
        $proof || cut -d'|' -f"$1" <<<"$line" | sed -E 's/^ +| +$//g'
    done | sort -u
}

# Debian's server package makes a database of its own and starts it. What is installed for tests must not: they start
# servers of their own, in temporary folders. Lasts for as long as the packages are being installed. PgBouncer's,
# MariaDB's and Prometheus' packages start services: see `services`.
own_cluster_setting=/etc/postgresql-common/createcluster.d/swift-pooling.conf

# services PACKAGE…: what those packages would start.
services() {
    [[ -d /run/systemd/system ]] || return 0
    local package
    for package in "$@"; do
        case $package in
            pgbouncer) echo pgbouncer.service ;;
            mariadb-server) echo mariadb.service ;;
            redis-server) echo redis-server.service ;;
            prometheus) echo prometheus.service ;;
        esac
    done
}

apt_install() {
    local log service status=0 privilege=""
    if [[ $(id -u) != 0 ]]; then
        has_command sudo || fail "not root, and no sudo; as root, run: apt-get install $*"
        # Without a terminal nobody can type a password: better to fail at once than to wait.
        if [[ -t 0 ]]; then privilege="sudo"; else privilege="sudo -n"; fi
    fi
    log=$(mktemp)
    echo "installing $*" >&2
    # Another apt may be at work (unattended upgrades, a second build): wait for its lock.
    # shellcheck disable=SC2086 # privilege is empty or a command with its option
    {
        $privilege apt-get -qq -o DPkg::Lock::Timeout=300 update \
            || echo "apt-get update failed; trying with the package lists at hand"
        $privilege mkdir -p "${own_cluster_setting%/*}" \
            && echo "create_main_cluster = false" | $privilege tee "$own_cluster_setting"
        for service in $(services "$@"); do $privilege systemctl mask --runtime "$service"; done
        $privilege env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" || status=$?
        for service in $(services "$@"); do
            $privilege systemctl unmask --runtime "$service"
            $privilege systemctl disable "$service"
        done
        ((status == 0))
    } >"$log" 2>&1 || status=$?
    $privilege rm -f "$own_cluster_setting"
    if ((status != 0)); then cat "$log" >&2; fi
    rm -f "$log"
    ((status == 0)) || fail "apt-get could not install: $*"
}

install_missing() {
    local packages
    if has_command apt-get; then
        packages=$(missing 2 | tr '\n' ' ')
        [[ -n $packages ]] || return 0
        # shellcheck disable=SC2086 # a list of names
        apt_install $packages
        packages=$(missing 2 | tr '\n' ' ')
        [[ -z $packages ]] || fail "installed, but still not usable: $packages"
    elif is_macos; then
        packages=$(missing 4)
        [[ -z $packages ]] || fail $'something is missing; please run, then try again:\n'"$packages"
    else
        # Named as Fedora names them: on other systems the names differ little.
        packages=$(missing 3)
        [[ -z $packages ]] || fail $'something is missing; please run this, or what does the same here:\n'"$packages"
    fi
}

check_swift
install_missing
