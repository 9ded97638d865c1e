// What happens to a connection that nobody asks for: keep-alive, idle eviction, the end of its lifetime.

extension PoolStateMachine {
    /// When an idle or delegated connection has to be looked at again.
    func nextMaintenance(_ slot: Int) -> MonotonicInstant {
        let record = records[slot]
        var due = Swift.max(slots.lastUsed(slot), record.provedAt) + settings.keepAliveInterval
        if !record.isRetiring { due = Swift.min(due, record.expiresAt) }
        // At or below the minimum nothing is evicted; growth beyond it reschedules everybody.
        if tally.open > settings.min { due = Swift.min(due, slots.lastUsed(slot) + settings.idleTimeout) }
        return due
    }

    mutating func rescheduleMaintenance() {
        for slot in records.indices {
            switch records[slot].state {
            case .idle, .delegated:
                wheel.schedule(Self.timer(ofSlot: slot), at: Swift.max(nextMaintenance(slot), now))
            case .vacant, .connecting, .checking, .preparing, .leased, .resetting, .closing: break
            }
        }
    }

    mutating func maintain(_ slot: Int) {
        if records[slot].state == .delegated {
            if nextMaintenance(slot) > now {
                return wheel.schedule(Self.timer(ofSlot: slot), at: nextMaintenance(slot))
            }
            if now >= records[slot].expiresAt {
                recall(slot)
                if records[slot].state == .leased { return }  // its return sees that it has expired
            } else if slots.claim(slot) {
                setState(.idle, of: slot)
            } else {
                // On loan: idleness begins at its return.
                return lookAgain(slot)
            }
        }
        let idleSince = slots.lastUsed(slot)
        if now >= records[slot].expiresAt, !records[slot].isRetiring {
            retire(slot)
        } else if now >= idleSince + settings.idleTimeout, isEvictable(slot) {
            close(slot, .idle)
        } else if now >= Swift.max(slots.lastUsed(slot), records[slot].provedAt) + settings.keepAliveInterval {
            check(slot)
        } else {
            // Nothing to do about what is due: spare connections are kept.
            lookAgain(slot)
        }
    }

    /// When nothing can be done about what is due: after a whole period, or when something else is due before.
    private mutating func lookAgain(_ slot: Int) {
        let record = records[slot]
        var next = now + Swift.min(settings.keepAliveInterval, settings.idleTimeout)
        let proof = Swift.max(slots.lastUsed(slot), record.provedAt) + settings.keepAliveInterval
        if proof > now { next = Swift.min(next, proof) }
        if !record.isRetiring { next = Swift.min(next, record.expiresAt) }
        wheel.schedule(Self.timer(ofSlot: slot), at: next)
    }

    private func isEvictable(_ slot: Int) -> Bool {
        tally.open > settings.min && (settings.minIdle == 0 || idleCount() > settings.minIdle)
    }

    /// Idle connections of both kinds. O(delegated).
    func idleCount() -> Int {
        var count = tally.idle
        var candidate = slotLists.first(of: SlotList.delegated)
        while let slot = candidate {
            candidate = slotLists.after(slot)
            if slots.isIdle(slot) { count += 1 }
        }
        return count
    }

    /// Ends the life of an idle connection. What the minimum needs is replaced first where there is room, and one at a
    /// time (or a tenth of the pool) in any case, so that a pool does not empty at once (F57).
    mutating func retire(_ slot: Int) {
        if tally.open > settings.min + retiringCount { return close(slot, .lifetime) }
        let busy = retiringCount + tally.closing + tally.connecting
        // At max nothing can be tried while connects fail, but what works is kept at least until a try is due.
        let isTooEarly = pacing.isFailing && now < pacing.nextAttempt && tally.total >= settings.max
        if busy >= Swift.max(1, tally.total / 10) || isTooEarly || isSuspended {
            wheel.schedule(Self.timer(ofSlot: slot), at: now + Self.retirementRetry)
        } else if tally.total < settings.max {
            records[slot].isRetiring = true
            retiringCount += 1
            wheel.schedule(Self.timer(ofSlot: slot), at: nextMaintenance(slot))
        } else {
            close(slot, .lifetime)
        }
    }

    static var retirementRetry: Int64 { 50_000_000 }

    /// Connections that waited for their replacements go once there are more than the minimum; those on loan when they
    /// come back.
    mutating func closeReplaced() {
        for slot in records.indices where records[slot].isRetiring {
            guard tally.open > settings.min else { return }
            if records[slot].state == .delegated { recall(slot) }
            if records[slot].state == .idle { close(slot, .lifetime) }
        }
    }

    /// What was decided under other settings is decided anew: their replacements may not come now.
    mutating func reconsiderRetirements() {
        for slot in records.indices where records[slot].isRetiring { records[slot].isRetiring = false }
        retiringCount = 0
    }
}
