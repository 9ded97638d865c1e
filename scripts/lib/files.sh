# The files of the repository. Sourced; expects the working directory to be the repository.
# shellcheck shell=bash

# repository_files [PATTERN…]: tracked and new files, without ignored and deleted ones.
repository_files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r file; do
        if [[ -f $file ]]; then printf '%s\n' "$file"; fi
    done
}

swift_files() { repository_files 'Sources/*.swift' 'Tests/*.swift' 'Examples/*.swift' 'Benchmarks/*.swift'; }
