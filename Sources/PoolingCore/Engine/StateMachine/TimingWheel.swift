/// Deadlines of small integers: a hierarchical timing wheel (Varghese and Lauck, 1987). Scheduling and cancelling are
/// O(1) and allocate nothing once the integers are reserved.
///
/// Time goes in ticks of 2²⁰ ns (about 1.05 ms); a deadline fires at the first tick that is not before it, so up to one
/// tick late and never early. Level n has 64 buckets of 64ⁿ ticks. An entry stands in the level of the highest
/// six-bit digit in which its tick differs from the current one, so every entry of a lower level is due before any of
/// a higher one, and the lowest occupied bucket of the lowest occupied level is the next to be looked at.
package struct TimingWheel: Sendable {
    private static let tickShift: Int64 = 20
    private static let levels = 8  // 64⁸ ticks: longer than Int64 nanoseconds can say
    private static let due = 64 * levels

    private var lists = IndexLists(lists: 64 * levels + 1)
    private var ticks: [Int64] = []
    private var occupied = [UInt64](repeating: 0, count: levels)
    private var current: Int64
    /// A deadline was set since this was last made false, so that ``nextDue`` may have become earlier.
    package var hasNewDeadline = false

    package init(now: MonotonicInstant) { current = now.nanoseconds >> Self.tickShift }

    package mutating func reserve(_ count: Int) {
        lists.reserve(count)
        while ticks.count < count { ticks.append(0) }
    }

    /// Integers below this are reserved.
    package var capacity: Int { ticks.count }

    package func isScheduled(_ index: Int) -> Bool { lists.list(of: index) != nil }

    /// Sets the deadline of `index`, replacing the one it had. ``MonotonicInstant/distantFuture`` means none.
    package mutating func schedule(_ index: Int, at deadline: MonotonicInstant) {
        cancel(index)
        guard deadline != .distantFuture else { return }
        ticks[index] = Self.tick(deadline)
        place(index)
        hasNewDeadline = true
    }

    /// Whether `index` has a deadline that comes no later than this one.
    package func isScheduled(_ index: Int, noLaterThan deadline: MonotonicInstant) -> Bool {
        isScheduled(index) && ticks[index] <= Self.tick(deadline)
    }

    @inline(__always)
    private static func tick(_ deadline: MonotonicInstant) -> Int64 {
        let (raised, overflow) = deadline.nanoseconds.addingReportingOverflow((1 << tickShift) - 1)
        return (overflow ? Int64.max : raised) >> tickShift
    }

    package mutating func cancel(_ index: Int) {
        guard let list = lists.list(of: index) else { return }
        lists.remove(index)
        if list < Self.due, lists.isEmpty(list) { occupied[list >> 6] &= ~(1 << UInt64(list & 63)) }
    }

    /// When ``popDue(at:)`` has something to do next; never later than the earliest deadline's tick.
    package var nextDue: MonotonicInstant? {
        if !lists.isEmpty(Self.due) { return MonotonicInstant(nanoseconds: current << Self.tickShift) }
        guard let bucket = nextBucket() else { return nil }
        let (shifted, overflow) = bucket.start.multipliedReportingOverflow(by: 1 << Self.tickShift)
        return MonotonicInstant(nanoseconds: overflow ? .max : shifted)
    }

    /// Takes out one integer whose deadline has come; nil when there is none (left).
    package mutating func popDue(at now: MonotonicInstant) -> Int? {
        let nowTick = now.nanoseconds >> Self.tickShift
        while true {
            if let index = lists.first(of: Self.due) {
                lists.remove(index)
                return index
            }
            guard let bucket = nextBucket(), bucket.start <= nowTick else {
                current = Swift.max(current, nowTick)
                return nil
            }
            current = bucket.start
            occupied[bucket.list >> 6] &= ~(1 << UInt64(bucket.list & 63))
            while let index = lists.first(of: bucket.list) {
                lists.remove(index)
                place(index)
            }
        }
    }

    private mutating func place(_ index: Int) {
        let tick = ticks[index]
        guard tick > current else {
            lists.append(index, to: Self.due)
            return
        }
        let level = (63 - (tick ^ current).leadingZeroBitCount) / 6
        let digit = Int(tick >> Int64(6 * level)) & 63
        let list = level << 6 | digit
        lists.append(index, to: list)
        occupied[level] |= 1 << UInt64(digit)
    }

    private func nextBucket() -> (list: Int, start: Int64)? {
        for level in 0..<Self.levels where occupied[level] != 0 {
            let digit = occupied[level].trailingZeroBitCount
            let shift = Int64(6 * level)
            let above = level == Self.levels - 1 ? 0 : (current >> (shift + 6)) << (shift + 6)
            return (level << 6 | digit, above | Int64(digit) << shift)
        }
        return nil
    }
}
