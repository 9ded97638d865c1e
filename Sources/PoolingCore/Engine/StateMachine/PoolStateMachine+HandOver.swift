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
        let record = records[slot]
        guard record.state == .leased, tally.open <= settings.max, now < record.expiresAt, isFresh(slot) else {
            return nil
        }
        growth.used(for: now - record.lentAt)
        counters.released += 1
        counters.acquired += 1
        records[slot].owner = waiter.task
        records[slot].lentAt = now
        let waited = now - waiter.since
        counters.waitTime.record(nanoseconds: waited)
        waiters.remove(head)
        return Grant(id: head, loan: slots.lend(slot, at: now), waited: waited)
    }

    /// To the end of the queue, if there is nothing else to be done about it.
    /// - Parameter id: reserved for this.
    /// - Returns: false: nothing has changed, and ``MachineEvent/acquire(_:_:)`` is to be handled.
    package mutating func queueUp(_ id: WaiterID, _ request: AcquireRequest, at instant: MonotonicInstant) -> Bool {
        now = Swift.max(now, instant)
        guard isSaturated, request.waits, !request.isReturning, request.deadline > now,
            waiters.queuedCount < settings.maxWaiters, waiters[id]?.state == .reserved
        else { return false }
        if settings.detectsNesting, request.task != 0 {
            guard request.holds.isEmpty, !isHolding(request.task) else { return false }
        }
        enqueue(id, request)
        setDeadline(of: id, request.deadline)
        return true
    }
}
