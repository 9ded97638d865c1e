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
        // `components` traps beyond Int64 seconds.
        if self > .nanoseconds(Int64.max) { return .max }
        if self < .nanoseconds(Int64.min) { return .min }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

extension Int64 {
    /// The sum, saturating upwards.
    func addingClamped(_ span: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(span)
        return overflow ? .max : sum
    }

    /// Whole nanoseconds of a computed span, saturating.
    init(nanoseconds span: Double) { self = Int64(exactly: span.rounded(.down)) ?? (span < 0 ? .min : .max) }
}
