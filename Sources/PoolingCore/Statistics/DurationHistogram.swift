/// Durations counted in buckets that double: bucket 0 below 1 µs, bucket n from 2ⁿ⁻¹ to 2ⁿ µs, the last open-ended.
public struct DurationHistogram: Sendable, Hashable {
    public static let bucketCount = 40

    /// How many durations fell into each bucket.
    public package(set) var buckets: [UInt64]
    /// Their sum.
    public package(set) var sum: Duration

    public init() {
        buckets = Self.nothing
        sum = .zero
    }

    fileprivate init(buckets: [UInt64], sum: Duration) {
        self.buckets = buckets
        self.sum = sum
    }

    /// Shared by all in which nothing was recorded.
    private static let nothing = [UInt64](repeating: 0, count: bucketCount)

    /// How many durations were recorded.
    public var count: UInt64 { buckets.reduce(0, &+) }

    public var mean: Duration? {
        let n = count
        return n == 0 ? nil : sum / Int(clamping: n)
    }

    /// The upper edge of bucket `index`; nil for the last one, which has none.
    public static func upperBound(ofBucket index: Int) -> Duration? {
        index >= bucketCount - 1 ? nil : .microseconds(Int64(1) << index)
    }

    /// An upper bound of the given quantile (0...1), to within a factor of two; nil if nothing was recorded.
    public func quantile(_ q: Double) -> Duration? {
        let n = count
        guard n > 0 else { return nil }
        let rank = UInt64((Double(n) * Swift.min(Swift.max(q, 0), 1)).rounded(.up))
        var seen: UInt64 = 0
        for (index, bucket) in buckets.enumerated() {
            seen &+= bucket
            if seen >= Swift.max(rank, 1) { return Self.upperBound(ofBucket: index) ?? .seconds(1 << 19) }
        }
        return nil
    }

    @inlinable package static func bucket(ofNanoseconds nanoseconds: Int64) -> Int {
        guard nanoseconds >= 1000 else { return 0 }
        let microseconds = UInt64(nanoseconds) / 1000
        return Swift.min(64 - microseconds.leadingZeroBitCount, 39)
    }
}

/// What becomes a ``DurationHistogram``, as the engine counts it: durations are 128 bits wide, and adding them up for each
/// wait costs more than counting it.
package struct DurationTally: Sendable {
    private var buckets = [UInt64](repeating: 0, count: DurationHistogram.bucketCount)
    private var nanoseconds: Int128 = 0

    package init() {}

    package mutating func record(nanoseconds: Int64) {
        let clamped = Swift.max(nanoseconds, 0)
        buckets[DurationHistogram.bucket(ofNanoseconds: clamped)] &+= 1
        self.nanoseconds &+= Int128(clamped)
    }

    fileprivate var histogram: DurationHistogram {
        DurationHistogram(buckets: buckets, sum: Duration(attoseconds: nanoseconds &* 1_000_000_000))
    }
}

extension DurationHistogram {
    package init(_ tally: DurationTally) { self = tally.histogram }
}
