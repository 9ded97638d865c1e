/// A point on the monotonic clock, in nanoseconds. Differences only; the origin means nothing (F9).
@usableFromInline
package struct MonotonicInstant: Sendable, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than every instant that a clock can show.
    package static let distantFuture = MonotonicInstant(nanoseconds: .max)

    @usableFromInline package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Saturates at ``distantFuture``, so that an "endless" span stays endless.
    package static func + (instant: Self, span: Int64) -> Self {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(span)
        return Self(nanoseconds: overflow ? .max : sum)
    }

    /// The nanoseconds from `b` to `a`.
    package static func - (a: Self, b: Self) -> Int64 {
        let (span, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return overflow ? .max : span
    }
}

extension Duration {
    /// Whole nanoseconds, saturating; the engine counts in these.
    package var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? .max : sum
    }
}
