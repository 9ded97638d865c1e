/// When the next connect may start: back-off with full jitter and one prober while connects fail, a ramp of 1, 2, 4 …
/// after they work again (F25, F56).
package struct ConnectPacing: Sendable {
    /// Rounds of failure so far; a round is what was in flight when the first of it failed.
    package private(set) var failures = 0
    /// When the first failure of this row came.
    package private(set) var failingSince: MonotonicInstant?
    package private(set) var nextAttempt = MonotonicInstant(nanoseconds: .min)
    private var lastFailure = MonotonicInstant(nanoseconds: .min)
    private var ramp: Int?

    package var isFailing: Bool { failures > 0 }

    package init() {}

    /// How many connects may be in flight at once.
    package func concurrency(limit: Int, at now: MonotonicInstant) -> Int {
        if isFailing { return now >= nextAttempt ? 1 : 0 }
        return Swift.min(ramp ?? limit, limit)
    }

    package mutating func succeeded(limit: Int) {
        if isFailing {
            failures = 0
            failingSince = nil
            ramp = 1
        } else if let allowed = ramp {
            ramp = allowed * 2 >= limit ? nil : allowed * 2
        }
    }

    package mutating func failed(
        startedAt: MonotonicInstant, at now: MonotonicInstant, backoff: Backoff,
        random: inout some RandomNumberGenerator
    ) {
        if failingSince == nil { failingSince = now }
        // Companions of a failure that is counted already say nothing new.
        guard failures == 0 || startedAt >= lastFailure else { return }
        lastFailure = now
        failures += 1
        ramp = nil
        var ceiling = Double(backoff.initial.inNanoseconds)
        let cap = Double(backoff.cap.inNanoseconds)
        // Not beyond what any multiplier needs: one of 1 never gets to the cap, and an outage may last.
        for _ in 1..<Swift.min(failures, 1 << 12) where ceiling < cap { ceiling *= backoff.multiplier }
        let pause = Int64(nanoseconds: Swift.min(ceiling, cap))
        nextAttempt = now + (pause > 0 ? Int64.random(in: 0...pause, using: &random) : 0)
    }
}
