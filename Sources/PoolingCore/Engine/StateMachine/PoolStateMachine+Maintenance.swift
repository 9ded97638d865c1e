// What happens to a connection that nobody asks for: keep-alive, idle eviction.

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
}
