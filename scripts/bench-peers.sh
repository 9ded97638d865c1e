#!/usr/bin/env bash
# Pools in other languages under the engine's workloads, in turn with ours; prints one table. Benchmarks/README.md says
# what is compared, and how to read it. Installs what is missing, where that is Debian; elsewhere it names it and fails.
#
#   scripts/bench-peers.sh [rounds]
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/stages.sh
source scripts/lib/stages.sh
rounds=${1:-3}
# No contestant may hold up the others: seconds for its five workloads. No further round begins after so many seconds.
limit=120
patience=400

contestants=(swift-pooling HikariCP commons-dbcp2 puddle database/sql r2d2 generic-pool QueuePool)
sources=Benchmarks/Peers
built=$PWD/Benchmarks/.build/peers
jars=/usr/share/java
java_path=$built/java
for jar in HikariCP commons-dbcp2 commons-pool2 commons-logging slf4j-api slf4j-nop; do java_path+=:$jars/$jar.jar; done

build_java() { mkdir -p "$built/java" && javac -d "$built/java" -cp "$java_path" "$sources"/java/*.java; }

# Debian's Go packages are a GOPATH, not modules.
build_go() {
    mkdir -p "$built/go"
    (cd "$sources/go" && GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$built/go/cache go build -o "$built/go/peer" .)
}

# In a copy, since cargo writes beside its sources. The lock is made anew: Debian's versions are the only ones there are.
build_rust() {
    rm -rf "$built/rust/src" "$built/rust/Cargo.lock"
    mkdir -p "$built/rust/.cargo"
    cp -R "$sources/rust/src" "$sources/rust/Cargo.toml" "$built/rust"
    cp "$sources/rust/debian.toml" "$built/rust/.cargo/config.toml"
    (cd "$built/rust" && cargo build --release --offline)
}

# run CONTESTANT: prints a line of workload, tab, nanoseconds for each.
run() {
    case $1 in
        swift-pooling) limited "$limit" "$engine" round ;;
        HikariCP) limited "$limit" java -cp "$java_path" Peer hikaricp ;;
        commons-dbcp2) limited "$limit" java -cp "$java_path" Peer dbcp2 ;;
        puddle | database/sql) limited "$limit" "$built/go/peer" "$1" ;;
        r2d2) limited "$limit" "$built/rust/target/release/peer" ;;
        generic-pool) NODE_PATH=/usr/share/nodejs limited "$limit" node "$sources/node/peer.js" ;;
        QueuePool) limited "$limit" /usr/bin/python3 "$sources/python/peer.py" ;;
    esac
}

bash scripts/install-dependencies.sh peers
stage "build engine-workloads" swift build --configuration release --package-path Benchmarks --product engine-workloads
engine=$(swift build --configuration release --package-path Benchmarks --show-bin-path)/engine-workloads
stage "build java peers" build_java
stage "build go peers" build_go
stage "build rust peer" build_rust

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for round in $(seq "$rounds"); do
    for contestant in "${contestants[@]}"; do
        say_progress "round $round of $rounds: $contestant"
        file=$results/${contestant//\//-}.$round
        run "$contestant" >"$file" 2>"$results/complaints" || {
            clear_progress
            cat "$results/complaints" >&2
            echo "bench-peers: $contestant failed in round $round" >&2
            exit 1
        }
    done
    if ((SECONDS > patience && round < rounds)); then
        echo "bench-peers: the time is up after round $round of $rounds" >&2
        rounds=$round
        break
    fi
done
clear_progress

echo "Nanoseconds per acquire and release, all tasks together: medians of $rounds rounds in alternation"
python3 "$sources/table.py" "$results" "$rounds" "${contestants[@]}"
