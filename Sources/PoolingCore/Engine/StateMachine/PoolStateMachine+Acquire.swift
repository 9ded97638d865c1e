// Acquires: at once, by waiting, not at all.

extension PoolStateMachine {
    /// - Returns: true if the pool is at rest already.
    mutating func acquire(_ id: WaiterID, _ request: AcquireRequest) -> Bool {
        guard waiters[id]?.state == .reserved else { return true }
        if canQueueUp(request) {
            queueUp(id, request)
            return true
        }
        guard phase == .running else { return refuse(id, .shutDown, since: request.since) }
        if isSuspended, settings.failsWhenSuspended { return refuse(id, .suspended, since: request.since) }

        // Connections that prove unfit one after the other must not keep an acquire going beyond its deadline.
        if request.isReturning, request.waits, request.deadline <= now {
            return refuse(id, .timedOut, since: request.since)
        }
        if !isSuspended, request.isReturning || waiters.isClear(forLevel: request.level), let slot = takeFresh() {
            lendOrPrepare(slot, to: id, request)
            return true
        }
        if !request.waits { return refuse(id, .unavailable, since: request.since) }
        if isInOutage { return refuse(id, .outage, since: request.since) }
        if request.deadline <= now { return refuse(id, .timedOut, since: request.since) }
        // One that was served before, by a connection that proved unfit, had its place already.
        if !request.isReturning, waiters.queuedCount >= settings.maxWaiters {
            return refuse(id, .queueFull, since: request.since)
        }

        queueUp(id, request)
        if request.isReturning { waiters.requeue(id) }
        if settings.detectsNesting, request.task != 0 {
            recallDelegated()
            if isDeadlock(adding: request, waiter: id) {
                resolve(id, as: .nested)
                return false
            }
        }
        return false
    }

    /// A connection that may be lent without I/O, taken out of the idle ones; nil if there is none.
    private mutating func takeFresh() -> Int? {
        if let slot = freshIdle() {
            slotLists.remove(slot)
            return slot
        }
        // The most recently used of those that are idle now. Between the look and the claim the fast path may have
        // taken it; then the next best.
        while true {
            var best: Int?
            var candidate = slotLists.first(of: SlotList.delegated)
            while let slot = candidate {
                candidate = slotLists.after(slot)
                guard slots.isIdle(slot), isFresh(slot) else { continue }
                if let other = best, slots.lastUsed(other) >= slots.lastUsed(slot) { continue }
                best = slot
            }
            guard let best else { return nil }
            if slots.claim(best) {
                setState(.idle, of: best)
                slotLists.remove(best)
                return best
            }
        }
    }

    func nextIdle() -> Int? {
        settings.leastRecentlyUsedFirst ? slotLists.first(of: SlotList.idle) : slotLists.last(of: SlotList.idle)
    }

    /// The next of the machine's own idle connections that needs no proof. Usually the next of all; but where idle ones
    /// go by the longest idle first, it may be the last, proved a moment ago for whoever waits now.
    private func freshIdle() -> Int? {
        var candidate = nextIdle()
        while let slot = candidate {
            if isFresh(slot) { return slot }
            candidate = settings.leastRecentlyUsedFirst ? slotLists.after(slot) : slotLists.before(slot)
        }
        return nil
    }

    // No `??` where the machine is being changed: its autoclosure would copy the machine.
    private func bestIdle() -> Int? {
        if let slot = freshIdle() { return slot }
        return nextIdle()
    }

    // Inlined, like ``isHolding(_:)`` and ``canQueueUp(_:)``: called while the machine is being changed, a method that only
    // looks at it is given a copy of it.
    @inline(__always)
    func isFresh(_ slot: Int) -> Bool {
        guard records[slot].generation == generation, !records[slot].isCondemned else { return false }
        switch settings.validation {
        case .never: return true
        case .always: return records[slot].provedAt == now
        case .afterIdle(let limit): return now - Swift.max(slots.lastUsed(slot), records[slot].provedAt) <= limit
        }
    }

    private mutating func enqueue(_ id: WaiterID, _ request: AcquireRequest) {
        waiters.enqueue(
            id, level: request.level, since: request.since, deadline: request.deadline, task: request.task)
    }

    private mutating func queueUp(_ id: WaiterID, _ request: AcquireRequest) {
        enqueue(id, request)
        setDeadline(of: id, request.deadline)
    }

    private mutating func lendOrPrepare(_ slot: Int, to id: WaiterID, _ request: AcquireRequest) {
        if settings.prepares, !request.skipsPreparation {
            queueUp(id, request)
            // It waits like others if the preparation fails.
            _ = noteNesting(of: request, waiter: id)
            prepare(slot, for: id)
        } else {
            enqueue(id, request)
            lend(slot, to: id, immediately: true)
        }
    }

    /// Lends idle connections to those who wait, and starts checks on as many as are wanted of those that need one.
    mutating func serve() {
        while !slotLists.isEmpty(SlotList.idle), let head = waiters.head, let slot = bestIdle() {
            if isFresh(slot) {
                if settings.prepares { prepare(slot, for: head) } else { lend(slot, to: head, immediately: false) }
            } else if records[slot].generation != generation || records[slot].isCondemned {
                close(slot, .recycled)
            } else if tally.checking < waiters.queuedCount {
                check(slot)
            } else {
                break
            }
        }
    }

    mutating func lend(_ slot: Int, to id: WaiterID, immediately: Bool) {
        guard let waiter = waiters[id] else { return }
        setState(.leased, of: slot)
        owners[slot] = waiter.task
        records[slot].lentAt = now
        let loan = slots.lend(slot, at: now)
        // Nothing for a loan that was there, though others may have moved the clock on since it was asked for.
        // One who queued has waited in any case: observers tell the two by that.
        let waited = immediately ? 0 : Swift.max(1, now - waiter.since)
        counters.acquired += 1
        if immediately { counters.acquiredImmediately += 1 } else { counters.waitTime.record(nanoseconds: waited) }
        waiters.remove(id)
        actions.append(.grant(id, slot: slot, loan: loan, waited: waited, immediately: immediately))
    }

    private mutating func prepare(_ slot: Int, for id: WaiterID) {
        waiters.setPreparing(id, slot: slot)
        let operation = begin(.preparing(id), on: slot, within: settings.resetTimeout)
        actions.append(.prepare(operation, records[slot].id, for: id))
    }

    /// The waiter leaves without a connection; late calls for one that is gone change nothing.
    mutating func abandonWait(_ id: WaiterID, _ refusal: Refusal) {
        guard let waiter = waiters[id], waiter.state != .reserved else { return }
        resolve(id, as: refusal)
    }

    mutating func resolve(_ id: WaiterID, as refusal: Refusal) {
        guard let waiter = waiters[id] else { return }
        // A warm-up is no acquire.
        if waiter.state != .warming { count(refusal) }
        forget(id)
        actions.append(.refuse(id, refusal, waited: now - waiter.since))
    }

    private mutating func refuse(_ id: WaiterID, _ refusal: Refusal, since: MonotonicInstant) -> Bool {
        count(refusal)
        waiters.remove(id)
        actions.append(.refuse(id, refusal, waited: now - since))
        return true
    }

    private mutating func count(_ refusal: Refusal) {
        switch refusal {
        case .timedOut: counters.timedOut += 1
        case .cancelled: counters.cancelled += 1
        case .unavailable: break
        case .queueFull, .suspended, .shutDown, .outage, .nested, .unprepared: counters.rejected += 1
        }
    }

    /// Cancelled before it was known here, or when it had been served and had not run yet.
    package mutating func countUnqueuedCancellation() { counters.cancelled += 1 }

    /// A loan comes back that its borrower never had.
    package mutating func countUnused(wasFast: Bool) {
        if wasFast { counters.unusedOfFastPath += 1 } else { counters.unused += 1 }
    }

    private mutating func forget(_ id: WaiterID) {
        wheel.cancel(Self.timer(ofWaiter: Int(id.index)))
        waiters.remove(id)
    }

    mutating func refuseAll(_ refusal: Refusal) -> Int {
        var refused = 0
        while let id = waiters.head {
            resolve(id, as: refusal)
            refused += 1
        }
        while let id = waiters.firstWarming {
            resolve(id, as: refusal)
            refused += 1
        }
        return refused
    }
}

// MARK: - Warmth

extension PoolStateMachine {
    mutating func warm(_ id: WaiterID, deadline: MonotonicInstant) {
        guard waiters[id]?.state == .reserved else { return }
        guard phase == .running else {
            waiters.remove(id)
            actions.append(.refuse(id, .shutDown, waited: 0))
            return
        }
        waiters.enqueueWarming(id, since: now, deadline: deadline)
        setDeadline(of: id, deadline)
    }

    /// Warm is: enough connections are open, and one of them was proved after the question was asked.
    mutating func serveWarming() {
        while let id = waiters.firstWarming, let waiter = waiters[id] {
            guard tally.open >= Swift.max(settings.min, 1) else { return }
            if lastProved < waiter.since {
                if tally.checking > 0 { return }
                if let slot = takeAnyIdle() {
                    check(slot)
                    return
                }
            }
            forget(id)
            actions.append(.warmed(id))
        }
    }

    private mutating func takeAnyIdle() -> Int? {
        if let slot = nextIdle() { return slot }
        var candidate = slotLists.first(of: SlotList.delegated)
        while let slot = candidate {
            candidate = slotLists.after(slot)
            if slots.claim(slot) {
                setState(.idle, of: slot)
                return slot
            }
        }
        return nil
    }
}

// MARK: - Nested acquires (F52)

extension PoolStateMachine {
    /// Whether everybody who holds a connection waits for one, now that this one waits too, and no connection can come.
    ///
    /// Only who holds up a loan of this pool can complete such a knot, so the scan ends at once for others.
    private mutating func isDeadlock(adding request: AcquireRequest, waiter: WaiterID) -> Bool {
        guard noteNesting(of: request, waiter: waiter) else { return false }
        guard tally.leased == tally.total, tally.total >= settings.max else { return false }
        return records.indices.allSatisfy {
            records[$0].state != .leased || waiters.hasNested(task: owners[$0])
        }
    }

    @inline(__always)
    func isHolding(_ task: UInt) -> Bool { owners.contains(task) }

    /// Marks the waiter if a loan can't end before it is served.
    private mutating func noteNesting(of request: AcquireRequest, waiter: WaiterID) -> Bool {
        guard settings.detectsNesting, request.task != 0, request.holds.isEmpty ? isHolding(request.task) : true else {
            return false
        }
        var holds: [UInt] = []
        for owner in owners where owner != 0 {
            if owner == request.task || request.holds.contains(owner), !holds.contains(owner) { holds.append(owner) }
        }
        if holds.isEmpty { return false }
        waiters.setNested(waiter, holding: holds)
        return true
    }
}
