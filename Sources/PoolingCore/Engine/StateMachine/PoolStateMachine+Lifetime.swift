// The end of a connection's lifetime (F57).

extension PoolStateMachine {
    /// Under the present settings.
    func expiry(_ slot: Int) -> MonotonicInstant {
        guard settings.maxLifetime != .max else { return .distantFuture }
        let share = Double(settings.maxLifetime) * settings.lifetimeJitter * records[slot].jitterShare
        return records[slot].openedAt
            + (settings.maxLifetime - Swift.min(Int64(nanoseconds: share), settings.maxLifetime))
    }

    /// Other settings count for what is open, too, whether they shorten a lifetime or prolong it. What has expired under
    /// both keeps its turn.
    mutating func reconsiderLifetimes() {
        for slot in records.indices where records[slot].state != .vacant && records[slot].state != .connecting {
            let expiry = expiry(slot)
            if records[slot].hasTurn, expiry <= now { continue }
            records[slot].expiresAt = expiry
            records[slot].hasTurn = false
        }
    }

    /// Ends the life of an idle connection. What the minimum needs is replaced first where there is room, and one at a
    /// time (or a tenth of the pool) in any case, so that a pool does not empty at once (F57).
    mutating func retire(_ slot: Int) {
        guard isItsTurn(slot) else {
            return wheel.schedule(Self.timer(ofSlot: slot), at: nextMaintenance(slot))
        }
        if tally.open > settings.min + retiringCount { return close(slot, .lifetime) }
        let busy = retiringCount + tally.closing + tally.connecting
        // At max nothing can be tried while connects fail, but what works is kept at least until a try is due.
        let isTooEarly = pacing.isFailing && now < pacing.nextAttempt && tally.total >= settings.max
        if busy >= Swift.max(1, tally.total / 10) || isTooEarly || isSuspended {
            wheel.schedule(Self.timer(ofSlot: slot), at: now + Self.retirementRetry)
            records[slot].hasTurn = false
        } else if tally.total < settings.max {
            records[slot].isRetiring = true
            retiringCount += 1
            wheel.schedule(Self.timer(ofSlot: slot), at: nextMaintenance(slot))
        } else {
            close(slot, .lifetime)
        }
    }

    static var retirementRetry: Int64 { 50_000_000 }

    /// Those that expire together take turns, a fifth of the pool in a second: a server that has to make many connections
    /// at once has none of its time for queries. Whoever waits for its turn is lent like any other.
    private mutating func isItsTurn(_ slot: Int) -> Bool {
        if records[slot].hasTurn { return true }
        records[slot].hasTurn = true
        let turn = Swift.max(now, nextTurn)
        // In a small pool one in a second; faster only where the whole would take longer than most of a lifetime.
        let share = Int64(Swift.max(tally.total, 5))
        nextTurn = turn + Swift.min(Self.renewalSpan, settings.maxLifetime / 4 * 3) / share
        if turn > now { records[slot].expiresAt = turn }
        return turn <= now
    }

    /// What a whole pool takes at least to be renewed; a little more than five seconds, since timers go in ticks.
    static var renewalSpan: Int64 { 5_100_000_000 }

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
