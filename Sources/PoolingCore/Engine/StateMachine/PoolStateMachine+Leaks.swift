// Loans that take too long (F50).

extension PoolStateMachine {
    /// Begins to look for leaks, unless it is done already, nothing is open, or the next loan will tell.
    mutating func watchForLeaks() {
        guard settings.leakThreshold != .max, tally.open > 0 else {
            nextLeakLook = nil
            return schedule(.leak, at: .distantFuture)
        }
        if nextLeakLook == nil, !isQuiet { lookForLeaks(at: now + settings.leakThreshold) }
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
        var due = reportLeaks()
        if due == nil {
            becomeQuiet()
            // A loan may have begun after the look; the machine knows it now.
            due = reportLeaks()
            if due == nil, isQuiet { return }
        }
        var next = now + settings.leakThreshold
        if let due { next = Swift.min(next, due) }
        lookForLeaks(at: Swift.max(next, now + settings.leakThreshold / 10))
    }

    /// - Returns: when the first of the other loans is due; nil: there is none.
    private mutating func reportLeaks() -> MonotonicInstant? {
        var next: MonotonicInstant?
        for slot in records.indices where records[slot].state == .delegated || records[slot].state == .leased {
            guard let loan = slots.currentLoan(slot) else {
                // Its borrower has not written yet when it began.
                if records[slot].state == .leased, next == nil { next = now + settings.leakThreshold }
                continue
            }
            guard loan.sequence != records[slot].reportedLoan else { continue }
            let due = loan.since + settings.leakThreshold
            if due <= now {
                records[slot].reportedLoan = loan.sequence
                counters.leaked += 1
                actions.append(.suspectLeak(records[slot].id, slot: slot, age: now - loan.since))
            } else if let first = next {
                next = Swift.min(first, due)
            } else {
                next = due
            }
        }
        return next
    }
}
