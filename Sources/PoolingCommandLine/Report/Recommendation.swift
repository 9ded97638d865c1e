/// The smallest pool that does about as well as the best one, from runs that differ in `max` only.
struct Recommendation: Codable, Sendable, Equatable, Placed {
    var pool: String?
    var driver: String
    /// Without passwords.
    @EmptyIfMissing var url: String
    var workload: String
    var executor: String
    var clients: Int
    /// The size to take.
    var max: Int
    /// Its throughput, as a share of the best one's.
    var share: Double
    /// The size with the highest throughput.
    var bestMax: Int
    /// In words.
    var reason: String

    enum CodingKeys: String, CodingKey {
        case pool, driver, url, workload, executor, clients, max, share, reason
        case bestMax = "best_max"
    }

    /// What a size may lose against the best and still be taken: connections that bring less than this cost the server
    /// more than they are worth.
    static let tolerance = 0.05

    static func all(from runs: [BenchReport.Run]) -> [Recommendation] {
        struct Setting: Hashable {
            var workload: String
            var executor: String
            var clients: Int
        }
        let pooled = runs.filter { $0.mode == ConnectionMode.pooled.rawValue && $0.rate == nil }
        let settings = pooled.map { Setting(workload: $0.workload, executor: $0.executor, clients: $0.clients) }
        return settings.withoutRepetitions.compactMap { setting in
            Recommendation(
                among: pooled.filter {
                    $0.workload == setting.workload && $0.executor == setting.executor && $0.clients == setting.clients
                })
        }
    }

    /// - Parameter runs: in any order. nil if there is nothing to choose from.
    init?(among runs: [BenchReport.Run]) {
        let runs = runs.sorted { $0.max < $1.max }
        guard runs.count > 1, let best = runs.max(by: { $0.throughput < $1.throughput }), best.throughput > 0,
            let index = runs.firstIndex(where: { $0.throughput >= best.throughput * (1 - Self.tolerance) })
        else { return nil }
        let chosen = runs[index]
        pool = chosen.pool
        driver = chosen.driver
        url = chosen.url
        workload = chosen.workload
        executor = chosen.executor
        clients = chosen.clients
        max = chosen.max
        bestMax = best.max
        share = ReportNumber.rounded(chosen.throughput / best.throughput)
        reason = Self.reason(
            chosen, best, smaller: index > 0 ? runs[index - 1] : nil, larger: runs[(index + 1)...].first)
    }

    private static func reason(
        _ chosen: BenchReport.Run, _ best: BenchReport.Run, smaller: BenchReport.Run?, larger: BenchReport.Run?
    ) -> String {
        func percent(_ run: BenchReport.Run) -> String {
            "\(Int((run.throughput / best.throughput * 100).rounded())) %"
        }
        func wait(_ run: BenchReport.Run) -> String { ReportNumber.time(microseconds: run.acquire.p99) }
        var parts: [String] = []
        if chosen.max == best.max {
            parts.append("it has the highest throughput, \(ReportNumber.grouped(best.throughput))/s")
        } else {
            parts.append(
                "it has \(percent(chosen)) of the highest throughput (\(ReportNumber.grouped(best.throughput))/s at max "
                    + "\(best.max))")
        }
        parts.append("a wait of \(wait(chosen)) at p99")
        if let smaller { parts.append("max \(smaller.max) has \(percent(smaller)) and waits \(wait(smaller))") }
        if let larger { parts.append("max \(larger.max) has \(percent(larger)) and waits \(wait(larger))") }
        return parts.joined(separator: "; ")
    }
}
