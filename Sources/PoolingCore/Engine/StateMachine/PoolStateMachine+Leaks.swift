// Loans that take too long (F50).

extension PoolStateMachine {
    /// Begins to look for leaks, unless it is done already or nothing is open.
    ///
    /// A loan of the fast path tells nobody that it begins, so that a pool with a threshold wakes once in that time even
    /// if nobody uses it; one without never does.
    mutating func watchForLeaks() {
        guard settings.leakThreshold != .max, tally.open > 0 else {
            nextLeakLook = nil
            return schedule(.leak, at: .distantFuture)
        }
        if nextLeakLook == nil { lookForLeaks(at: now + settings.leakThreshold) }
    }

    private mutating func lookForLeaks(at instant: MonotonicInstant) {
        nextLeakLook = instant
        schedule(.leak, at: instant)
    }

    /// O(connections), at most about ten times in the threshold, so that loans that began one after the other don't cost
    /// a look each.
    mutating func lookForLeaks() {
        nextLeakLook = nil
        guard phase == .running, settings.leakThreshold != .max, tally.open > 0 else { return }
        var next = now + settings.leakThreshold
        for slot in records.indices where records[slot].state == .delegated || records[slot].state == .leased {
            guard let loan = slots.currentLoan(slot), loan.sequence != records[slot].reportedLoan else { continue }
            let due = loan.since + settings.leakThreshold
            if due <= now {
                records[slot].reportedLoan = loan.sequence
                counters.leaked += 1
                actions.append(.suspectLeak(records[slot].id, slot: slot, age: now - loan.since))
            } else {
                next = Swift.min(next, due)
            }
        }
        lookForLeaks(at: Swift.max(next, now + settings.leakThreshold / 10))
    }
}
