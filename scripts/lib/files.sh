# The files of the repository. Sourced; expects the working directory to be the repository.
# shellcheck shell=bash

# repository_files [PATTERN…]: tracked and new files, without ignored and deleted ones.
repository_files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
        if [[ -f $file ]]; then printf '%s\n' "$file"; fi
    done
}

swift_files() { repository_files 'Sources/*.swift' 'Tests/*.swift' 'Examples/*.swift' 'Benchmarks/*.swift'; }

# mirror_files TREE LISTING: the tree gets the files that are listed, and no others but what a build makes. Only what
# differs is written, so that a build there is incremental.
mirror_files() {
    local tree=$1 listing=$2 file
    while IFS= read -r file; do
        if ! cmp -s "$file" "$tree/$file"; then
            mkdir -p "$tree/$(dirname "$file")"
            cp "$file" "$tree/$file"
        fi
    done <"$listing"
    (cd "$tree" && find . -path ./.build -prune -o -type f -print | sed 's#^\./##' | sort) \
        | comm -13 "$listing" - | while IFS= read -r file; do
            # swift writes this one itself
            if [[ $file != Package.resolved ]]; then rm "$tree/$file"; fi
        done
}
