/// Everything that `engine-workloads table` measures, in the order in which it is printed.
struct EngineReport {
    let runs: Int
    private var health: [MachineHealth] = []

    init(runs: Int) { self.runs = runs }

    /// Prints each part as soon as it is there.
    mutating func run() async throws {
        try await plainWorkloads()
        try await yieldingWorkloads()
        try await queues()
        try await allocations()
        tellHealth()
    }

    private func tell(_ title: String, _ table: TextTable) { print("\(title)\n\n\(table.text)\n") }

    /// W1 to W3, and W1 with an observer.
    private mutating func plainWorkloads() async throws {
        var table = TextTable("ns per acquire and release, all tasks together", "median", "least–most", "machine")
        for workload in Workload.all where !workload.yields {
            let pool = try await EnginePool(connections: workload.connections)
            table.add(row: workload.summary, try await series(workload, of: pool))
            if workload.tasks == 1 {
                try await Task.sleep(for: .seconds(1))
                table.add(row: "    after a second in which nobody used it", try await series(workload, of: pool))
                let observed = try await EnginePool(connections: workload.connections, observers: [IdleObserver()])
                table.add(row: "    with one observer that does nothing", try await series(workload, of: observed))
                await observed.end()
            }
            await pool.end()
        }
        tell("The checkout path (median of \(runs) runs)", table)
    }

    private mutating func series(_ workload: Workload, of contestant: some Contestant) async throws -> Series {
        var series = Series()
        _ = try await Run.nanoseconds(workload, of: contestant)
        for _ in 0..<runs {
            if workload.tasks == 2 {
                try await series.addHealthy(tries: 3, &health) {
                    try await Run.nanoseconds(workload, of: contestant)
                }
            } else {
                health.append(.now())
                series.add(try await Run.nanoseconds(workload, of: contestant))
            }
        }
        health.append(.now())
        return series
    }

    /// W4 and W5 beside the loop alone and the least that is a pool, in alternation; and how fair W5 is.
    private mutating func yieldingWorkloads() async throws {
        var table = TextTable(
            "ns per cycle, all tasks together", "no pool", "minimal pool", "adds", "this pool", "adds", "least–most")
        var fairness = TextTable(
            "W5", "slowest task at first finish", "wait p50 µs", "p99 µs", "p99 ÷ p50", "longest µs")
        for workload in Workload.all where workload.yields {
            let minimal = MinimalPool(connections: workload.connections)
            let pool = try await EnginePool(connections: workload.connections)
            let trio = try await Trio.measure(workload, minimal: minimal, pool: pool, runs: runs, &health)
            table.add(
                workload.summary, trio.none.median.short, trio.minimal.median.short, trio.added(by: trio.minimal).short,
                trio.pool.median.short, trio.added(by: trio.pool).short, trio.pool.range)
            if workload.name == "W5" {
                fairness.add(row: "minimal pool", try await Fairness.measure(workload, of: minimal), workload)
                fairness.add(row: "this pool", try await Fairness.measure(workload, of: pool), workload)
            }
            await pool.end()
        }
        tell("With a yield in the body (medians of \(runs) runs in alternation)", table)
        tell("Fairness (one run each, with two clock reads more in each cycle)", fairness)
    }

    private mutating func queues() async throws {
        var table = TextTable("waiters", "no pool", "minimal pool", "adds", "this pool", "adds")
        for waiters in [10, 100, 1_000, 10_000, 100_000] {
            let workload = Workload.queue(ofWaiters: waiters)
            let pool = try await EnginePool(connections: workload.connections)
            let trio = try await Trio.measure(
                workload, minimal: MinimalPool(connections: workload.connections), pool: pool, runs: 3, &health)
            await pool.end()
            table.add(
                workload.name, trio.none.median.short, trio.minimal.median.short, trio.added(by: trio.minimal).short,
                trio.pool.median.short, trio.added(by: trio.pool).short)
        }
        tell("Length of the queue: ns per cycle on 4 connections, one yield (medians of 3)", table)
    }

    private func allocations() async throws {
        var table = TextTable("calls for memory per cycle, of the whole process", "no pool", "this pool")
        for workload in Workload.all {
            let pool = try await EnginePool(connections: workload.connections)
            table.add(
                workload.summary, try await Allocations.perCycle(workload, of: NoPool()).short,
                try await Allocations.perCycle(workload, of: pool).short)
            await pool.end()
        }
        tell("Allocations", table)
    }

    private func tellHealth() {
        func trip(_ time: Double) -> String { time.isFinite ? "\(time.short) ns" : "none in time" }
        func span(_ trips: [Double]) -> String {
            guard let least = trips.min(), let most = trips.max() else { return "can't be told here" }
            return "median \(trip(trips.median)), least \(trip(least)), most \(trip(most))"
        }
        print("Cache line, from one processor to another and back, \(health.count) times between the runs:")
        print("    threads pinned:   \(span(health.compactMap(\.pinned)))")
        print("    threads unpinned: \(span(health.compactMap(\.unpinned)))")
        let ill = health.count { !$0.isWell }
        if ill > 0 { print("    \(ill) times above \(MachineHealth.limit.short) ns: the machine was not quiet") }
        print()
    }
}

extension TextTable {
    fileprivate mutating func add(row: String, _ series: Series) {
        var machine = series.rejected > 0 ? "\(series.rejected) runs repeated" : ""
        if series.doubtful > 0 { machine = "ill in \(series.doubtful) of \(series.runs.count) runs" }
        add(row, series.median.short, series.range, machine)
    }

    fileprivate mutating func add(row: String, _ fairness: Fairness, _ workload: Workload) {
        add(
            row, "\(fairness.slowestAtFirstFinish) of \(workload.cycles)", fairness.p50.inMicroseconds.short,
            fairness.p99.inMicroseconds.short, (fairness.p99 / fairness.p50).short,
            fairness.longest.inMicroseconds.short)
    }
}
