extension Report {
    /// What an entrant did over all rounds: medians, except where it says worst or largest.
    struct Summary: Codable, Sendable {
        var contestant: String
        var clients: ClientKind
        var reads: Side
        var writes: Side
        /// `SQLITE_BUSY` and others, in all rounds together.
        var busyErrors: Int
        var otherErrors: Int
        /// The largest of all rounds, and the median of what was left when the load ended.
        var walBytes: LogSampler.Sizes
        /// In the round that had least.
        var fewestProcessors: Double
        var lostOrDoubledCommits: Bool

        struct Side: Codable, Sendable {
            var throughputPerS: Double
            /// The median of the rounds' ratios, each to the baseline of its own round. null: the baseline did not
            /// run, or did nothing.
            var overBaseline: Double?
            var p50Us: Double
            var p99Us: Double
            var worstUs: Double
            var worstWaitUs: Double
            /// Fewest ÷ most operations of a client, in the worst round: 1 is fair, 0 is a client that got nothing.
            var worstFairness: Double?
        }
    }

    mutating func summarise(_ entrants: [Entrant]) {
        let baseline = runs.filter { run in Entrant.isBaseline(run.contestant, run.clients) }
        summary = entrants.map { entrant in
            let own = runs.filter { $0.contestant == entrant.name && $0.clients == entrant.clients }
            let errors = own.flatMap(\.errors)
            return Summary(
                contestant: entrant.name, clients: entrant.clients,
                reads: Summary.Side(own.map(\.reads), over: baseline.map(\.reads)),
                writes: Summary.Side(own.map(\.writes), over: baseline.map(\.writes)),
                busyErrors: errors.reduce(0) { $0 + ($1.key == ErrorName.busy ? $1.value : 0) },
                otherErrors: errors.reduce(0) { $0 + ($1.key == ErrorName.busy ? 0 : $1.value) },
                walBytes: LogSampler.Sizes(
                    largest: own.map(\.walBytes.largest).max() ?? 0,
                    final: Int(median(own.map { Double($0.walBytes.final) }) ?? 0)),
                fewestProcessors: own.map(\.processors).min() ?? 0,
                lostOrDoubledCommits: own.contains { !$0.commits.problems.isEmpty })
        }
    }
}

extension Report.Summary.Side {
    /// - Parameter baseline: as many rounds, in the same order, or none.
    init(_ rounds: [Report.Side], over baseline: [Report.Side]) {
        throughputPerS = median(rounds.map(\.throughputPerS)) ?? 0
        let pairs = zip(rounds, baseline).filter { $0.1.throughputPerS > 0 }
        overBaseline = median(pairs.map { $0.throughputPerS / $1.throughputPerS })
        p50Us = median(rounds.map(\.latencyUs.p50)) ?? 0
        p99Us = median(rounds.map(\.latencyUs.p99)) ?? 0
        worstUs = rounds.map(\.latencyUs.max).max() ?? 0
        worstWaitUs = rounds.map(\.waitUs.max).max() ?? 0
        worstFairness = rounds.map(\.operationsPerClient).filter { $0.max > 0 }
            .map { Double($0.min) / Double($0.max) }.min()
    }
}

/// nil: of nothing.
private func median(_ values: [Double]) -> Double? {
    if values.isEmpty { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
