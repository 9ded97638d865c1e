/// Lets the first of many pass, and then one in each interval.
struct Brake {
    private var next: ContinuousClock.Instant?
    private(set) var suppressed: UInt64 = 0

    /// - Returns: how many were left out before this one; nil: this one is left out, too.
    mutating func admit(at now: ContinuousClock.Instant, every interval: Duration) -> UInt64? {
        if let next, now < next {
            suppressed += 1
            return nil
        }
        next = now + interval
        defer { suppressed = 0 }
        return suppressed
    }

    /// It is over: the next one passes.
    /// - Returns: how many were left out.
    mutating func release() -> UInt64 {
        defer { (next, suppressed) = (nil, 0) }
        return suppressed
    }
}
