/// What each observer adds to a loan that does not wait (W1) and to one that does (W5), in alternation.
enum ObserverReport {
    static func run(_ runs: Int) async throws {
        try await loans(runs)
        var table = TextTable("\(ManyObserved.pools) pools without connections", "heap bytes per pool", "refresh, ms")
        for many in try await ManyObserved.measure() {
            table.add(many.name, "\(many.bytesPerPool)", (many.refresh / .milliseconds(1)).short)
        }
        print("\(table.text)\n")
    }

    private static func loans(_ runs: Int) async throws {
        for name in ["W1", "W5"] {
            guard let workload = Workload.all.first(where: { $0.name == name }) else { continue }
            var contestants: [(choice: ObserverChoice, pool: EnginePool, series: Series)] = []
            for choice in ObserverChoice.allCases {
                let pool = try await EnginePool(connections: workload.connections, observers: choice.observers)
                contestants.append((choice, pool, Series()))
            }
            for run in 0...runs {
                for index in contestants.indices {
                    let took = try await Run.nanoseconds(workload, of: contestants[index].pool)
                    // The first one warms up.
                    if run > 0 { contestants[index].series.add(took) }
                }
            }
            var table = TextTable("ns per acquire and release, all tasks together", "median", "adds", "least–most")
            for (choice, pool, series) in contestants {
                // Each against the pool without observers in the same round.
                let adds = zip(series.runs, contestants[0].series.runs).map { $0 - $1 }.median
                table.add(choice.summary, series.median.short, adds.short, series.range)
                await pool.end()
            }
            print("\(workload.summary): observers (medians of \(runs) runs in alternation)\n\n\(table.text)\n")
        }
    }
}
