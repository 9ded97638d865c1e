// What comes back: loans, and the results of checks, preparations, resets and closes.

extension PoolStateMachine {
    mutating func released(_ slot: Int, _ outcome: ReturnOutcome) {
        guard slot < records.count else { return }
        switch records[slot].state {
        case .leased: growth.used(for: now - records[slot].lentAt)
        case .delegated: break
        case .vacant, .connecting, .checking, .preparing, .idle, .resetting, .closing: return
        }
        owners[slot] = 0
        counters.released += 1

        switch outcome {
        case .detached:
            counters.detached += 1
            return vacate(slot)
        case .discarded: return close(slot, .discarded)
        case .broken:
            close(slot, .broken)
            return checkSiblings(usedBefore: now)
        case .ready, .dirty, .suspect: break
        }
        if phase != .running { return close(slot, .shutdown) }
        if records[slot].generation != generation || records[slot].isCondemned { return close(slot, .recycled) }
        if tally.open > settings.max { return close(slot, .resized) }
        if slots.uses(slot) >= settings.maxUses { return close(slot, .uses) }
        switch outcome {
        case .dirty:
            if settings.resets { reset(slot) } else { close(slot, .resetFailed) }
        case .suspect: check(slot)
        case .ready where settings.validatesOnReturn: check(slot)
        case .ready, .broken, .discarded, .detached:
            if !handOver(slot) { settleIn(slot) }
        }
    }

    /// Straight from one borrower to the next, who would get it in ``serve()`` anyway.
    private mutating func handOver(_ slot: Int) -> Bool {
        guard !isSuspended, !settings.prepares, now < records[slot].expiresAt, let head = waiters.head, isFresh(slot)
        else { return false }
        lend(slot, to: head, immediately: false)
        return true
    }

    /// Idle again, unless its time has come.
    private mutating func settleIn(_ slot: Int) {
        becomeIdle(slot)
        if now >= records[slot].expiresAt, !records[slot].isRetiring { retire(slot) }
    }

    mutating func becomeIdle(_ slot: Int) {
        setState(.idle, of: slot)
        wheel.schedule(Self.timer(ofSlot: slot), at: nextMaintenance(slot))
    }

    /// Gives idle connections to the fast path.
    mutating func delegateIdle() {
        guard settings.delegates, !isQuiet else { return }
        while let slot = slotLists.first(of: SlotList.idle) {
            setState(.delegated, of: slot)
            slots.delegate(slot)
        }
    }

    /// Takes everything back from the fast path: what is idle at once, what is on loan at its return.
    mutating func recallDelegated() {
        while let slot = slotLists.first(of: SlotList.delegated) { recall(slot) }
    }

    mutating func recall(_ slot: Int) {
        if let loan = slots.recall(slot) {
            setState(.leased, of: slot)
            wheel.cancel(Self.timer(ofSlot: slot))
            owners[slot] = loan.owner
            records[slot].lentAt = Swift.min(loan.since, now)
        } else {
            setState(.idle, of: slot)
        }
    }

    mutating func check(_ slot: Int) {
        let operation = begin(.checking, on: slot, within: settings.validationTimeout)
        actions.append(.validate(operation, records[slot].id))
    }

    private mutating func reset(_ slot: Int) {
        let operation = begin(.resetting, on: slot, within: settings.resetTimeout)
        actions.append(.reset(operation, records[slot].id))
    }

    mutating func proved(_ slot: Int) {
        records[slot].provedAt = now
        lastProved = now
        slots.touch(slot, at: now)
    }

    mutating func succeeded(_ operation: Operation) {
        guard isCurrent(operation) else { return }
        let slot = Int(operation.slot)
        switch records[slot].state {
        case .checking:
            proved(slot)
            keepOrClose(slot)
        case .resetting:
            counters.resets += 1
            if settings.validatesOnReturn, phase == .running { check(slot) } else { keepOrClose(slot) }
        case .preparing(let id):
            guard waiters[id]?.state == .preparing(slot: slot) else { return keepOrClose(slot) }
            if isStale(slot) {
                waiters.requeue(id)
                keepOrClose(slot)
            } else {
                lend(slot, to: id, immediately: false)
            }
        case .vacant, .connecting, .delegated, .leased, .idle, .closing: break
        }
    }

    private func isStale(_ slot: Int) -> Bool { records[slot].generation != generation || records[slot].isCondemned }

    private mutating func keepOrClose(_ slot: Int) {
        if phase != .running { return close(slot, .shutdown) }
        if isStale(slot) { return close(slot, .recycled) }
        if tally.open > settings.max { return close(slot, .resized) }
        settleIn(slot)
    }

    mutating func failed(_ operation: Operation) {
        guard isCurrent(operation) else { return }
        operationFailed(Int(operation.slot))
    }

    /// The waiter is told before its connection is closed, or it would be served by the next one.
    mutating func preparationRefused(_ operation: Operation) {
        guard isCurrent(operation) else { return }
        let slot = Int(operation.slot)
        if case .preparing(let id) = records[slot].state, waiters[id]?.state == .preparing(slot: slot) {
            resolve(id, as: .unprepared)
        }
        operationFailed(slot)
    }

    private mutating func operationFailed(_ slot: Int) {
        switch records[slot].state {
        case .checking:
            counters.validationFailed += 1
            let began = records[slot].operationStarted
            close(slot, .validationFailed)
            checkSiblings(usedBefore: began)
        case .resetting: close(slot, .resetFailed)
        case .preparing(let id):
            // Another connection is tried for the same waiter, before all others.
            if waiters[id]?.state == .preparing(slot: slot) { waiters.requeue(id) }
            close(slot, .prepareFailed)
        case .vacant, .connecting, .delegated, .leased, .idle, .closing: break
        }
    }

    /// One connection died: those that were last used or proved before that was noticed may have died with it, so each
    /// is proved before anybody gets it, all at once rather than one for each unlucky borrower (F20).
    private mutating func checkSiblings(usedBefore noticed: MonotonicInstant) {
        guard phase == .running, !isSuspended else { return }
        recallDelegated()
        var candidate = slotLists.first(of: SlotList.idle)
        while let sibling = candidate {
            candidate = slotLists.after(sibling)
            if Swift.max(slots.lastUsed(sibling), records[sibling].provedAt) <= noticed { check(sibling) }
        }
    }

    // MARK: - The end of a connection

    mutating func close(_ slot: Int, _ reason: CloseReason) {
        close(slot, reason, within: settings.closeTimeout)
    }

    mutating func close(_ slot: Int, _ reason: CloseReason, within span: Int64) {
        counters.closedByReason[Int(reason.code.rawValue)] += 1
        let age = now - records[slot].openedAt
        let operation = begin(.closing, on: slot, within: span.addingClamped(Self.cancellationGrace))
        actions.append(.close(operation, records[slot].id, reason, deadline: now + span, age: age))
    }

    mutating func closed(_ operation: Operation) {
        let slot = Int(operation.slot)
        guard isCurrent(operation), records[slot].state == .closing else { return }
        if phase != .running { report.closed += 1 }
        vacate(slot)
    }

    mutating func vacate(_ slot: Int) {
        setState(.vacant, of: slot)
        wheel.cancel(Self.timer(ofSlot: slot))
        records[slot].operation &+= 1
    }

    mutating func cancelOperation(_ slot: Int) {
        records[slot].isCancelling = true
        wheel.schedule(
            Self.timer(ofSlot: slot), at: now + (phase == .running ? Self.cancellationGrace : Self.farewellGrace))
        actions.append(.cancel(operation(of: slot)))
    }

    /// The driver ignored its deadline: the place is free, the operation is counted until it ends, if ever.
    mutating func abandon(_ slot: Int) {
        counters.abandoned += 1
        actions.append(.abandon(operation(of: slot), records[slot].id))
        switch records[slot].state {
        case .connecting: return connectionFailedToOpen(slot)
        case .checking:
            counters.validationFailed += 1
            counters.closedByReason[Int(CloseReason.validationFailed.code.rawValue)] += 1
            let began = records[slot].operationStarted
            vacate(slot)
            return checkSiblings(usedBefore: began)
        case .preparing(let id):
            if waiters[id]?.state == .preparing(slot: slot) { waiters.requeue(id) }
            counters.closedByReason[Int(CloseReason.prepareFailed.code.rawValue)] += 1
        case .resetting: counters.closedByReason[Int(CloseReason.resetFailed.code.rawValue)] += 1
        case .vacant, .delegated, .leased, .idle, .closing: break
        }
        vacate(slot)
    }

    /// The only place where a connection changes its state.
    mutating func setState(_ state: ConnectionRecord.State, of slot: Int) {
        if records[slot].state == .leased, state != .leased { owners[slot] = 0 }
        tally.add(-1, to: records[slot].state)
        records[slot].state = state
        if state == .closing || state == .vacant, records[slot].isRetiring {
            records[slot].isRetiring = false
            retiringCount -= 1
        }
        tally.add(1, to: state)
        switch state {
        case .vacant: slotLists.prepend(slot, to: SlotList.vacant)
        case .idle: slotLists.append(slot, to: SlotList.idle)
        case .delegated: slotLists.append(slot, to: SlotList.delegated)
        case .connecting, .checking, .preparing, .leased, .resetting, .closing: slotLists.remove(slot)
        }
    }
}
