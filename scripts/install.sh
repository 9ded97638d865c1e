#!/usr/bin/env bash
# Builds the command line in release mode and installs it with its man page and the completions of three shells:
# install.sh [PREFIX]. DESTDIR is put before it, for packages.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh

prefix=${DESTDIR:-}${1:-/usr/local}
if [[ $prefix != /* ]]; then
    echo "make install: PREFIX=$prefix must be an absolute path" >&2
    exit 2
fi

bash scripts/install-dependencies.sh
stage "release build" swift build --configuration release --product pooling
tool=$(swift build --configuration release --show-bin-path)/pooling

# place FILE: standard input becomes the file.
place() {
    mkdir -p "${1%/*}"
    cat >"$1"
    echo "$1"
}

mkdir -p "$prefix/bin"
install -m 755 "$tool" "$prefix/bin/pooling"
echo "$prefix/bin/pooling"
"$tool" manual | place "$prefix/share/man/man1/pooling.1"
"$tool" --generate-completion-script bash | place "$prefix/share/bash-completion/completions/pooling"
"$tool" --generate-completion-script zsh | place "$prefix/share/zsh/site-functions/_pooling"
"$tool" --generate-completion-script fish | place "$prefix/share/fish/vendor_completions.d/pooling.fish"
