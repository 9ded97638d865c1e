"""The results of scripts/bench-peers.sh as one table. A figure that is missing is a failure."""
import statistics
import sys

folder, rounds, contestants = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
columns = ["W1", "W2", "W3", "W4", "W4 no pool", "W5", "W5 no pool"]
# One thread runs everything in Node.js: two tasks on two threads can't be had.
impossible = {("generic-pool", "W2")}


def figures(contestant, number):
    with open(f"{folder}/{contestant.replace('/', '-')}.{number}", encoding="utf-8") as file:
        return {name: float(value) for name, value in (line.rstrip("\n").split("\t") for line in file)}


def short(value):
    return f"{value:.1f}" if value < 99.95 else f"{value:,.0f}".replace(",", " ")


rows, missing, lines = [["", *columns]], [], []
for contestant in contestants:
    runs = [figures(contestant, number) for number in range(1, rounds + 1)]
    lines += [run["cache line"] for run in runs if "cache line" in run]
    row = [contestant]
    for column in columns:
        values = [run[column] for run in runs if column in run]
        if (contestant, column) in impossible:
            row.append("n/a")
        elif len(values) == rounds:
            row.append(short(statistics.median(values)))
        else:
            missing.append(f"{contestant} {column}")
            row.append("missing")
    rows.append(row)

widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
for row in rows:
    print("  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]))
print("\nn/a: Node.js runs everything on one thread.")
if lines:
    print(f"Cache line, from one processor to another and back: {short(min(lines))} to {short(max(lines))} ns.")
if missing:
    sys.exit("bench-peers: no figure for " + ", ".join(missing))
