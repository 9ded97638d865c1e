// A pool that nobody uses wakes nobody.
//
// A loan of the fast path tells nobody that it begins, so what has to be noticed of loans needs looks at the slots. Where
// a look finds nothing to wait for, the machine takes all idle connections back from the fast path: the next loan comes
// by the lock then, and wakes the pool. That costs this one loan and its return the lock, and no look is needed before.

extension PoolStateMachine {
    /// Nothing is delegated until somebody acquires. Not while somebody waits, whose loan would begin without an acquire.
    mutating func becomeQuiet() {
        guard phase == .running, waitingCount == 0 else { return }
        recallDelegated()
        isQuiet = true
    }

    mutating func wake() {
        guard phase == .running else { return }
        isQuiet = false
        hasWoken = true
        watchForLeaks()
        if settings.minIdle > 0 { lookForUseLater() }
        if !isSuspended, !waiters.hasQueued { delegateIdle() }
    }

    mutating func lookForUseLater() {
        guard !wheel.isScheduled(PoolTimer.spare.rawValue) else { return }
        schedule(.spare, at: now + Self.spareLookInterval)
    }

    /// Spare connections were counted, as they are at each event. If no loan has begun since the last look, the next one
    /// will tell. O(connections).
    mutating func lookForUse() {
        guard settings.minIdle > 0 else { return }
        let uses = records.indices.reduce(0) { records[$1].state == .vacant ? $0 : $0 &+ slots.uses($1) }
        if uses == usesAtLook { becomeQuiet() }
        usesAtLook = uses
    }
}
