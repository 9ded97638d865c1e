internal import Histogram

/// Latency and wait by percentile, from the quickest operation to the slowest.
struct PercentileCurves: Codable, Sendable, Equatable {
    /// 0 … 100, ascending, as far as there were operations to tell them apart.
    var percentiles: [Double]
    /// Microseconds, one for each of ``percentiles``.
    var latency: [Double]
    var acquire: [Double]
    /// Operations that they are of: in an open loop also those that ended later; nil in reports of earlier versions.
    var count: Int?

    enum CodingKeys: String, CodingKey {
        case percentiles, count
        case latency = "latency_us"
        case acquire = "acquire_us"
    }
}

extension PercentileCurves {
    /// Closer together towards 100, where the slow ones are.
    private static let all: [Double] = [
        0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 97.5, 99, 99.25, 99.5, 99.75, 99.9, 99.95, 99.99,
        99.995,
        99.999,
    ]

    /// Of nanoseconds. nil: nothing was recorded.
    init?(latency: [Histogram<UInt32>], acquire: [Histogram<UInt32>]) {
        guard let latency = Self.merged(latency), let acquire = Self.merged(acquire), latency.totalCount > 0 else {
            return nil
        }
        let count = Double(latency.totalCount)
        self.count = Int(clamping: latency.totalCount)
        percentiles = Self.all.filter { $0 == 0 || (1 - $0 / 100) * count >= 0.999 } + [100]
        self.latency = percentiles.map { Self.microseconds(latency, at: $0) }
        self.acquire = percentiles.map { Self.microseconds(acquire, at: $0) }
    }

    private static func merged(_ histograms: [Histogram<UInt32>]) -> Histogram<UInt32>? {
        guard var merged = histograms.first else { return nil }
        for histogram in histograms.dropFirst() { merged.add(histogram) }
        return merged
    }

    private static func microseconds(_ histogram: Histogram<UInt32>, at percentile: Double) -> Double {
        let value =
            percentile == 0 ? histogram.min : Swift.min(histogram.valueAtPercentile(percentile), histogram.maxRecorded)
        return ReportNumber.rounded(Double(value) / 1e3)
    }
}
