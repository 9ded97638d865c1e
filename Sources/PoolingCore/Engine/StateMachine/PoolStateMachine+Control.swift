// What the owner of the pool asks for: another configuration, a pause, fresh connections, the end.

extension PoolStateMachine {
    mutating func apply(_ new: Settings) {
        settings = new
        guard phase == .running else { return }
        recallDelegated()
        while tally.open > settings.max, let slot = nextIdle() { close(slot, .resized) }
        while settings.maxWaiters < waiters.queuedCount, let last = waiters.tail { resolve(last, as: .queueFull) }
        reconsiderLifetimes()
        if isInOutage, !bearsNoMore {
            isInOutage = false
            actions.append(.outageEnded)
        }
        reconsiderRetirements()
        rescheduleMaintenance()
        nextLeakLook = nil
        isQuiet = false
        watchForLeaks()
    }

    mutating func suspend() {
        guard phase == .running else { return }
        isSuspended = true
        recallDelegated()
        schedule(.connectPacing, at: .distantFuture)
    }

    mutating func recycle(_ scope: RecycleScope) {
        guard phase == .running else { return }
        recallDelegated()
        switch scope {
        case .all:
            generation += 1
            closeIdle { _ in true }
        case .idle: closeIdle { _ in true }
        case .connection(let id):
            for slot in records.indices where records[slot].id == id && records[slot].state != .vacant {
                records[slot].isCondemned = true
            }
            closeIdle { $0.id == id }
        }
    }

    private mutating func closeIdle(where condition: (ConnectionRecord) -> Bool) {
        var candidate = slotLists.first(of: SlotList.idle)
        while let slot = candidate {
            candidate = slotLists.after(slot)
            if condition(records[slot]) { close(slot, .recycled) }
        }
    }

    /// Only an error of the current generation says anything about it: the first of many makes the rest stale.
    mutating func distrust(_ slot: Int) {
        guard slot < records.count, records[slot].state != .vacant, records[slot].generation == generation else {
            return
        }
        recycle(.all)
    }

    // MARK: - Shutdown (F61, F62)

    mutating func shutdown(deadline: MonotonicInstant) {
        switch phase {
        case .shutDown:
            actions.append(.shutDown(report))
            return
        case .shuttingDown:
            // Concurrent calls agree; the earliest deadline counts.
            if let current = shutdownDeadline, deadline < current { setShutdownDeadline(deadline) }
            return
        case .running: break
        }
        phase = .shuttingDown
        isSuspended = false
        shutdownBegan = now
        report.waitersRefused = refuseAll(.shutDown)
        for timer in [PoolTimer.connectPacing, .growth, .outage, .spare, .leak] { schedule(timer, at: .distantFuture) }
        recallDelegated()
        for slot in records.indices {
            switch records[slot].state {
            case .idle: close(slot, .shutdown)
            case .connecting:
                report.connectsCancelled += 1
                if !records[slot].isCancelling { cancelOperation(slot) }
            case .preparing(let id):
                if waiters[id] != nil {
                    resolve(id, as: .shutDown)
                    report.waitersRefused += 1
                }
                if !records[slot].isCancelling { cancelOperation(slot) }
            case .checking, .resetting:
                if !records[slot].isCancelling { cancelOperation(slot) }
            case .vacant, .delegated, .leased, .closing: break
            }
        }
        setShutdownDeadline(deadline)
    }

    private mutating func setShutdownDeadline(_ deadline: MonotonicInstant) {
        shutdownDeadline = deadline
        schedule(.shutdown, at: deadline)
    }

    /// The deadline has passed: connections are closed under their borrowers, whose handles and returns are refused.
    mutating func forceShutdown() {
        guard phase == .shuttingDown else { return }
        for slot in records.indices where records[slot].state == .leased {
            slots.revoke(slot)
            report.loansForced += 1
            counters.released += 1
            close(slot, .shutdown, within: 0)
        }
        schedule(.shutdownGrace, at: now + Self.shutdownGrace)
    }

    /// What a connection that is closed abruptly gets; with it, shutdown returns at most 100 ms after its deadline.
    static var shutdownGrace: Int64 { 50_000_000 }

    mutating func abandonEverything() {
        guard phase == .shuttingDown else { return }
        for slot in records.indices {
            switch records[slot].state {
            case .connecting, .checking, .preparing, .resetting, .closing: abandon(slot)
            case .vacant, .delegated, .leased, .idle: break
            }
        }
    }

    mutating func finishShutdownIfEmpty() {
        guard phase == .shuttingDown, tally.total == 0 else { return }
        phase = .shutDown
        schedule(.shutdown, at: .distantFuture)
        schedule(.shutdownGrace, at: .distantFuture)
        report.abandoned = counters.abandoned
        report.duration = .nanoseconds(now - shutdownBegan)
        actions.append(.shutDown(report))
    }
}
