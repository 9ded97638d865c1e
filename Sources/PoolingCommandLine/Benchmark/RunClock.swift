internal import CPoolingShims

/// When a run counts, in nanoseconds of the monotonic clock.
@usableFromInline struct RunClock: Sendable {
    @usableFromInline let begin: Int64
    @usableFromInline let end: Int64
    /// Of the parts that a run is looked at in.
    @usableFromInline let partLength: Int64

    /// A multiple of ten: ``BenchReport/Run/slices`` are tenths.
    @usableFromInline static let parts = 60

    /// Starts now.
    init(warmup: Duration, duration: Duration) {
        begin = Self.now() + warmup.nanoseconds
        end = begin + duration.nanoseconds
        partLength = Swift.max(1, duration.nanoseconds / Int64(Self.parts))
    }

    init(_ plan: RunPlan) { self.init(warmup: plan.warmup, duration: plan.duration) }

    /// Which part of the run a moment of it is in.
    @inlinable func part(at moment: Int64) -> Int {
        Swift.min(Swift.max(0, Int((moment &- begin) / partLength)), Self.parts - 1)
    }

    @usableFromInline static func now() -> Int64 { pooling_clock_exact() }
}

extension Duration {
    /// Whole nanoseconds; 292 years at most.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isTooLong || overflow ? Int64.max / 4 : sum
    }

    var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
