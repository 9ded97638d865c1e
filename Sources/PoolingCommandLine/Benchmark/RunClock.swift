internal import CPoolingShims

/// When a run counts, in nanoseconds of the monotonic clock.
@usableFromInline struct RunClock: Sendable {
    @usableFromInline let begin: Int64
    @usableFromInline let end: Int64
    /// Of the parts that a run is looked at in.
    @usableFromInline let sliceLength: Int64

    @usableFromInline static let slices = 10

    /// Starts now.
    init(warmup: Duration, duration: Duration) {
        begin = Self.now() + warmup.nanoseconds
        end = begin + duration.nanoseconds
        sliceLength = Swift.max(1, duration.nanoseconds / Int64(Self.slices))
    }

    @usableFromInline static func now() -> Int64 { pooling_clock_exact() }
}

extension Duration {
    /// Whole nanoseconds; 292 years at most.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? Int64.max / 4 : product + attoseconds / 1_000_000_000
    }

    var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
