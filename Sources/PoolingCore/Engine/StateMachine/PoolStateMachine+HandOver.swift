// The busiest path of a pool that is too small: everything there may be is on loan, each connection goes straight from
// one borrower to the next, and whoever comes queues up. The general path would decide the same, and looks at everything
// else besides; what stands here is decided the same way for the shipped pool and for the simulator, which comes by
// ``handle(_:at:)``.

extension PoolStateMachine {
    /// A connection that goes to somebody who waits.
    package struct Grant: Sendable {
        package let id: WaiterID
        package let loan: LoanID
        package let waited: Int64

        var action: MachineAction { .grant(id, slot: loan.slot, loan: loan, waited: waited, immediately: false) }
    }

    /// Nothing is idle, nothing can be opened, and nothing is out of the ordinary: ``settle()`` would find nothing to
    /// do, whoever comes to wait or is served.
    @inline(__always)
    private var isSaturated: Bool {
        phase == .running && tally.total >= settings.max && tally.idle == 0 && tally.delegated == 0 && !isSuspended
            && !isInOutage && !pacing.isFailing && retiringCount == 0 && !waiters.hasWarming
    }

    /// Straight from one borrower to the next, if there is nothing to be done to the connection in between.
    /// - Returns: who gets it; nil: nothing has changed, and ``MachineEvent/released(_:_:)`` is to be handled.
    package mutating func passOn(_ slot: Int, at instant: MonotonicInstant) -> Grant? {
        now = Swift.max(now, instant)
        guard isSaturated, settings.delegates, slot < records.count, let head = waiters.head, let waiter = waiters[head]
        else { return nil }
        guard records[slot].state == .leased, tally.open <= settings.max, now < records[slot].expiresAt, isFresh(slot)
        else { return nil }
        growth.used(for: now - records[slot].lentAt)
        records[slot].lentAt = now
        owners[slot] = waiter.task
        counters.released += 1
        counters.acquired += 1
        // Whoever queued has waited, if the clocks of the two tasks saw nothing of it: observers tell the two by that.
        let waited = Swift.max(1, now - waiter.since)
        counters.waitTime.record(nanoseconds: waited)
        waiters.remove(head)
        return Grant(id: head, loan: slots.lend(slot, at: now), waited: waited)
    }

    /// To the end of the queue, if there is nothing else to be done about it.
    /// - Returns: who waits now; nil: nothing has changed, and ``MachineEvent/acquire(_:_:)`` is to be handled.
    package mutating func queueUp(_ request: AcquireRequest, at instant: MonotonicInstant) -> WaiterID? {
        now = Swift.max(now, instant)
        guard canQueueUp(request) else { return nil }
        let id = waiters.append(
            level: request.level, since: request.since, deadline: request.deadline, task: request.task)
        reserveTimer(ofWaiter: id)
        setDeadline(of: id, request.deadline)
        return id
    }

    /// There is nothing to be had, now or by opening a connection, and no knot of nested acquires to be looked for.
    @inline(__always)
    func canQueueUp(_ request: AcquireRequest) -> Bool {
        guard isSaturated, !isQuiet, request.waits, !request.isReturning, request.deadline > now,
            waiters.queuedCount < settings.maxWaiters
        else { return false }
        return !settings.detectsNesting || request.task == 0 || request.holds.isEmpty && !isHolding(request.task)
    }
}
