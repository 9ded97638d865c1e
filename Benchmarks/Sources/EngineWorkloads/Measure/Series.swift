/// Runs of the same thing, in nanoseconds per operation.
struct Series {
    private(set) var runs: [Double] = []
    /// Runs that were taken though the machine was ill, since no better ones came.
    private(set) var doubtful = 0
    /// Runs that were thrown away for it.
    private(set) var rejected = 0

    mutating func add(_ run: Double) { runs.append(run) }

    /// Measures until the machine was well before and after, or `tries` are used up.
    mutating func addHealthy(tries: Int, _ health: inout [MachineHealth], _ measure: () async throws -> Double)
        async throws
    {
        for attempt in 1...tries {
            let before = MachineHealth.now()
            let run = try await measure()
            let after = MachineHealth.now()
            health += [before, after]
            if before.isWell && after.isWell { return add(run) }
            if attempt == tries {
                doubtful += 1
                return add(run)
            }
            rejected += 1
        }
    }

    var median: Double { runs.median }
    var range: String {
        guard let least = runs.min(), let most = runs.max() else { return "" }
        return "\(least.short)–\(most.short)"
    }
}

extension [Double] {
    /// NaN if there is none.
    var median: Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }
}
