#!/usr/bin/env bash
# Makes sure that what the build needs is there: the Swift toolchain (checked), libraries and tools (installed where
# apt exists, named elsewhere). Says nothing when all is there. install-dependencies.sh [model]: also what a model needs.
set -euo pipefail

minimum_swift="6.2"
purpose=${1:-}

# One line per dependency: the command that proves it, its package for apt, and what to type on Fedora and macOS.
dependencies() {
    cat <<'TABLE'
has_command git         | git            | dnf install git              | xcode-select --install
has_command make        | make           | dnf install make             | xcode-select --install
has_pkg_config          | pkg-config     | dnf install pkgconf-pkg-config | brew install pkgconf
has_sqlite              | libsqlite3-dev | dnf install sqlite-devel     | xcode-select --install
TABLE
    if [[ $purpose == model ]]; then
        cat <<'TABLE'
has_command spin        | spin           | dnf install spin             | brew install spin
has_command cc          | gcc            | dnf install gcc              | xcode-select --install
TABLE
    fi
}

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

apt_install() {
    local log status=0 privilege=""
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
        $privilege env DEBIAN_FRONTEND=noninteractive \
            apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
    } >"$log" 2>&1 || status=$?
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
