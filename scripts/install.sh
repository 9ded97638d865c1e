#!/usr/bin/env bash
# Builds the command line in release mode and installs it with its man page and the completions of three shells:
#
#   scripts/install.sh install|uninstall [PREFIX]
#
# DESTDIR is put before PREFIX, for packages; TOOL names a tool that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

what=${1:-} prefix=${2:-/usr/local}

fail() {
    echo "make $what: $1" >&2
    exit "${2:-1}"
}

if [[ $prefix != /* ]]; then fail "PREFIX=$prefix must be an absolute path" 2; fi
root=${DESTDIR:-}$prefix
tool_file=$root/bin/pooling
manual=$root/share/man/man1/pooling.1
bash_completion=$root/share/bash-completion/completions/pooling
zsh_completion=$root/share/zsh/site-functions/_pooling
fish_completion=$root/share/fish/vendor_completions.d/pooling.fish

# check_writable: whether the nearest folder that is there lets new files in, before anything is built.
check_writable() {
    local folder=$root
    while [[ ! -e $folder ]]; do folder=$(dirname "$folder"); done
    if [[ ! -d $folder ]]; then fail "PREFIX=$prefix can't be used: $folder is no folder"; fi
    if ! { mkdir -p "$root" && [[ -w $root ]]; } 2>/dev/null; then
        fail "nothing can be written into $folder; be who may, or install elsewhere with PREFIX=\$HOME/.local"
    fi
}

# place FILE MODE: standard input becomes the file, whole or not at all.
place() {
    mkdir -p "${1%/*}"
    cat >"$1.new"
    chmod "$2" "$1.new"
    mv -f "$1.new" "$1"
    echo "$1"
}

case $what in
    install)
        check_writable
        tool=${TOOL:-}
        if [[ -z $tool ]]; then
            bash scripts/install-dependencies.sh
            stage "release build" swift build --configuration release --product pooling
            tool=$(swift build --configuration release --show-bin-path)/pooling
        fi
        # All texts are there before the first file is put in its place.
        texts=$(mktemp -d)
        trap 'rm -rf "$texts"' EXIT
        "$tool" manual >"$texts/manual"
        for shell in bash zsh fish; do "$tool" --generate-completion-script "$shell" >"$texts/$shell"; done
        place "$tool_file" 755 <"$tool"
        place "$manual" 644 <"$texts/manual"
        place "$bash_completion" 644 <"$texts/bash"
        place "$zsh_completion" 644 <"$texts/zsh"
        place "$fish_completion" 644 <"$texts/fish"
        ;;
    uninstall)
        for file in "$tool_file" "$manual" "$bash_completion" "$zsh_completion" "$fish_completion"; do
            if [[ -e $file ]]; then
                rm -f "$file" || fail "$file could not be removed"
                echo "$file"
            fi
        done
        ;;
    *)
        echo "install.sh: say install or uninstall, and a PREFIX" >&2
        exit 2
        ;;
esac
