internal import PoolingCore

/// What of a histogram has been passed on, so that only what came since is.
struct HistogramProgress {
    private var buckets = [UInt64](repeating: 0, count: DurationHistogram.bucketCount)
    /// In nanoseconds, as it was told.
    private var sum = 0.0

    struct Part: Equatable {
        var nanoseconds: Int64
        var times: UInt64
    }

    /// The durations that came since the last time, each by a value within its bucket, chosen so that their sum is theirs
    /// as far as the buckets' edges allow; what is left of the difference is made up for next time.
    ///
    /// A bucket may be told of too many (the first one holds loans whose time is not known yet): it is told of fewer
    /// later, since what has been recorded can't be taken back.
    mutating func advance(to histogram: DurationHistogram) -> [Part] {
        var parts: [(bucket: Int, times: UInt64)] = []
        var expected = 0.0
        for (bucket, count) in histogram.buckets.enumerated() where count > buckets[bucket] {
            let times = count - buckets[bucket]
            buckets[bucket] = count
            parts.append((bucket, times))
            expected += Self.middle(of: bucket) * Double(times)
        }
        let missing = histogram.sum / .nanoseconds(1) - sum
        let factor = expected > 0 && missing > 0 ? missing / expected : 1
        return parts.map { bucket, times in
            let (least, most) = Self.edges(of: bucket)
            let value = Swift.min(Swift.max(Self.middle(of: bucket) * factor, least), most).rounded(.down)
            sum += value * Double(times)
            return Part(nanoseconds: Int64(value), times: times)
        }
    }

    /// In nanoseconds. What is in the first bucket was too short to be timed, and counts as nothing.
    private static func edges(of bucket: Int) -> (least: Double, most: Double) {
        if bucket == 0 { return (0, 0) }
        let least = Double(UInt64(1) << UInt64(bucket - 1)) * 1000
        return (least, least * 2 - 1)
    }

    private static func middle(of bucket: Int) -> Double {
        let (least, most) = edges(of: bucket)
        return (least + most) / 2
    }
}
