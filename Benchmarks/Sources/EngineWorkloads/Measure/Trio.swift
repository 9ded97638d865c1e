/// One workload without a pool, with the least that is one, and with ours, turn by turn.
struct Trio {
    private(set) var none = Series()
    private(set) var minimal = Series()
    private(set) var pool = Series()

    static func measure(
        _ workload: Workload, minimal: MinimalPool, pool: EnginePool, runs: Int, _ health: inout [MachineHealth]
    ) async throws -> Trio {
        var trio = Trio()
        for run in 0...runs {
            let none = try await Run.nanoseconds(workload, of: NoPool())
            let least = try await Run.nanoseconds(workload, of: minimal)
            let ours = try await Run.nanoseconds(workload, of: pool)
            // The first one warms up.
            guard run > 0 else { continue }
            trio.none.add(none)
            trio.minimal.add(least)
            trio.pool.add(ours)
            health.append(.now())
        }
        return trio
    }

    /// The median over the rounds, each against its own round's loop.
    func added(by series: Series) -> Double { zip(series.runs, none.runs).map { $0 - $1 }.median }
}
