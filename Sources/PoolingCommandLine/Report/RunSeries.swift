/// How a run went over time, in equal parts of the time that was measured.
struct RunSeries: Codable, Sendable, Equatable {
    /// Length of a part, seconds.
    var part: Double
    /// Operations per second.
    var throughput: [Double]
    /// Mean wait for a connection of the operations that ended in the part, microseconds; null: none ended.
    var wait: [Double?]
    /// Of the pool, on average in the part; null: nobody looked at it then. All three are absent without a pool.
    var open: [Double?]?
    var leased: [Double?]?
    var waiting: [Double?]?

    enum CodingKeys: String, CodingKey {
        case part = "part_s"
        case throughput = "throughput_per_s"
        case wait = "wait_us"
        case open, leased, waiting
    }
}

extension RunSeries {
    init(_ plan: RunPlan, _ measured: RunMeasurement) {
        let part = plan.duration.inSeconds / Double(RunClock.parts)
        let sums = (0..<RunClock.parts).map { index in
            measured.clients.reduce(into: (operations: 0, wait: 0.0)) {
                $0.operations += $1.parts[index].operations
                $0.wait += Double($1.parts[index].wait)
            }
        }
        self.part = part
        throughput = sums.map { ReportNumber.rounded(Double($0.operations) / part) }
        wait = sums.map { $0.operations == 0 ? nil : ReportNumber.rounded($0.wait / Double($0.operations) / 1e3) }
        if measured.poolParts.isEmpty { return }
        func mean(_ number: KeyPath<PoolSampler.Part, Int>) -> [Double?] {
            measured.poolParts.map {
                $0.looks == 0 ? nil : ReportNumber.rounded(Double($0[keyPath: number]) / Double($0.looks))
            }
        }
        open = mean(\.open)
        leased = mean(\.leased)
        waiting = mean(\.waiting)
    }
}
