extension PoolStateMachine {
    /// The machine's part of the statistics; loans and idleness of delegated slots as they are at this moment.
    package var statistics: PoolStatistics {
        var s = PoolStatistics()
        let lent = slotLists.count(of: SlotList.delegated) - (idleCount() - tally.idle)
        s.idle = tally.idle + tally.delegated - lent
        s.leased = tally.leased + lent
        s.connecting = tally.connecting
        s.checking = tally.checking + tally.preparing
        s.resetting = tally.resetting
        s.closing = tally.closing
        s.waiting = waitingCount
        s.abandoned = counters.abandoned
        s.min = settings.min
        s.max = settings.max
        s.generation = generation
        s.acquired = counters.acquired
        s.acquiredImmediately = counters.acquiredImmediately
        s.released = counters.released
        s.unused = counters.unused + counters.unusedOfFastPath
        s.timedOut = counters.timedOut
        s.cancelled = counters.cancelled
        s.rejected = counters.rejected
        s.connected = counters.connected
        s.connectFailed = counters.connectFailed
        s.validationFailed = counters.validationFailed
        s.resets = counters.resets
        s.detached = counters.detached
        s.leaked = counters.leaked
        s.closedByReason = counters.closedByReason
        s.waitTime = DurationHistogram(counters.waitTime)
        return s
    }

    /// Acquires that wait, in the queue or for a connection that is being prepared.
    package var waitingCount: Int { waiters.queuedCount + waiters.preparingCount }

    package var warmingCount: Int { waiters.warmingCount }

    /// The loans that the machine knows of, oldest first, at most `limit`. O(connections).
    package func oldestLoans(_ limit: Int) -> [(slot: Int, id: ConnectionID, age: Int64)] {
        records.indices.lazy.filter { records[$0].state == .leased }
            .sorted { records[$0].lentAt < records[$1].lentAt }
            .prefix(limit)
            .map { (slot: $0, id: records[$0].id, age: Swift.max(0, now - records[$0].lentAt)) }
    }
}
