/// Whether one more connection would help those who wait (F8).
///
/// A pool that has connections opens another only when the expected wait exceeds what a connect takes: a spike of
/// short work is over before the first new connection would be there. What is not known yet is learnt by waiting for as
/// long as a connect takes, so a queue behind long work grows after that.
package struct GrowthEstimate: Sendable {
    /// Moving averages, nanoseconds; nil until the first sample.
    package private(set) var connectTime: Double?
    package private(set) var useTime: Double?

    package init() {}

    package mutating func connected(in span: Int64) {
        Self.average(&connectTime, Double(Swift.max(span, 0)), weight: 0.3)
    }
    package mutating func used(for span: Int64) { Self.average(&useTime, Double(Swift.max(span, 0)), weight: 0.1) }

    /// How many connections the waiters justify, with `open` there now.
    package func connections(forWaiters waiters: Int, headWaited: Int64, open: Int) -> Int {
        guard open > 0, let connectTime else { return open + waiters }
        let headWaited = Double(Swift.max(headWaited, 0))
        let use = Swift.max(useTime ?? 0, headWaited)
        let wanted = Double(waiters) * use
        guard wanted / Double(open) > connectTime || headWaited >= connectTime else { return open }
        let needed = connectTime > 0 ? (wanted / connectTime).rounded(.up) : .infinity
        return Swift.max(open + 1, Int(Swift.min(needed, Double(open + waiters))))
    }

    /// When to look again although nothing happened: when the head has waited for as long as a connect takes, and then
    /// after every such span.
    package func nextLook(headSince: MonotonicInstant, now: MonotonicInstant) -> MonotonicInstant {
        let span = Int64(connectTime ?? 0)
        let first = headSince + span
        return first > now ? first : now + Swift.max(span, 1_000_000)
    }

    private static func average(_ mean: inout Double?, _ sample: Double, weight: Double) {
        mean = mean.map { $0 + (sample - $0) * weight } ?? sample
    }
}
