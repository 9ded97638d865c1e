// Growth: who asks for connections, how many at once, and what failing does.

extension PoolStateMachine {
    /// Starts the connects that are wanted and allowed. Demand is looked at anew each time, so that a connection that
    /// came back meanwhile makes a connect unnecessary before it starts (F8).
    mutating func grow() {
        guard !isSuspended, tally.total < settings.max else { return }
        let wanted = wantedConnects()
        guard wanted > 0 else {
            schedule(.connectPacing, at: .distantFuture)
            return
        }
        let allowed = pacing.concurrency(limit: settings.maxConcurrentConnects, at: now)
        if pacing.isFailing, now < pacing.nextAttempt { schedule(.connectPacing, at: pacing.nextAttempt) }
        let room = settings.max - tally.total
        let count = Swift.min(wanted, room, allowed - tally.connecting)
        guard count > 0 else { return }
        for _ in 0..<count { startConnect() }
    }

    /// How many connects should be in flight beyond those that are.
    private mutating func wantedConnects() -> Int {
        let coming = tally.open + tally.connecting
        // A retiring connection leaves when its replacement is there.
        var wanted = settings.min + retiringCount - coming

        let queued = waiters.queuedCount
        if queued > 0, let headSince = waiters.headSince {
            // Each connect, check and reset in flight ends in a connection for somebody.
            let unserved = queued - tally.connecting - tally.checking - tally.resetting
            if unserved > 0 {
                let goal = growth.connections(forWaiters: queued, headWaited: now - headSince, open: tally.open)
                wanted = Swift.max(wanted, Swift.min(goal - coming, unserved))
                // Also while connects are in flight, which may be stuck (F2).
                if goal <= coming { schedule(.growth, at: growth.nextLook(headSince: headSince, now: now)) }
            }
        } else if settings.minIdle > 0 {
            // What is checked or reset with nobody waiting will be idle.
            let ready = idleCount() + tally.connecting + tally.checking + tally.resetting
            wanted = Swift.max(wanted, settings.minIdle - ready)
            if !isQuiet { lookForUseLater() }
        }
        if waiters.hasWarming { wanted = Swift.max(wanted, 1 - coming) }
        // An outage ends by a probe that succeeds, whether anybody asks or not: the first to ask must not pay for it.
        if isInOutage { wanted = Swift.max(wanted, 1 - tally.connecting) }
        return wanted
    }

    /// How often a pool with `minIdle` that is in use counts its spare connections, which the fast path takes without a
    /// word.
    static var spareLookInterval: Int64 { 1_000_000_000 }

    private mutating func startConnect() {
        let slot: Int
        if let vacant = slotLists.first(of: SlotList.vacant) {
            slot = vacant
            slotLists.remove(slot)
        } else {
            slot = records.count
            records.append(ConnectionRecord())
            owners.append(0)
            slotLists.reserve(records.count)
            wheel.reserve(Self.timer(ofSlot: records.count))
            slots.reserve(records.count)
        }
        let id = ConnectionID(rawValue: nextConnectionID)
        nextConnectionID += 1
        let operationNumber = records[slot].operation
        records[slot] = ConnectionRecord()
        records[slot].operation = operationNumber
        records[slot].id = id
        records[slot].generation = generation
        let operation = begin(.connecting, on: slot, within: settings.connectTimeout)
        actions.append(.connect(operation, id))
    }

    /// Sets a state in which the driver works on the connection, with a new operation and its deadline.
    mutating func begin(_ state: ConnectionRecord.State, on slot: Int, within span: Int64) -> Operation {
        setState(state, of: slot)
        records[slot].operation &+= 1
        records[slot].operationStarted = now
        records[slot].isCancelling = false
        // "Endless" is a deadline, too: centuries, but never none.
        let deadline = Swift.min(now + span, MonotonicInstant(nanoseconds: .max - 1))
        wheel.schedule(Self.timer(ofSlot: slot), at: deadline)
        return operation(of: slot)
    }

    func operation(of slot: Int) -> Operation {
        Operation(slot: Int32(slot), number: records[slot].operation)
    }

    mutating func connected(_ operation: Operation) {
        let slot = Int(operation.slot)
        guard isCurrent(operation), records[slot].state == .connecting else { return }
        let took = now - records[slot].operationStarted
        counters.connected += 1
        growth.connected(in: took)
        pacing.succeeded(limit: settings.maxConcurrentConnects)
        if isInOutage {
            isInOutage = false
            actions.append(.outageEnded)
        }
        schedule(.outage, at: .distantFuture)
        records[slot].openedAt = now
        records[slot].jitterShare = Double.random(in: 0...1, using: &random)
        records[slot].expiresAt = expiry(slot)
        slots.open(slot, id: records[slot].id, at: now)
        proved(slot)
        if phase != .running { return close(slot, .shutdown) }
        if tally.open >= settings.max { return close(slot, .resized) }
        if records[slot].generation != generation || records[slot].isCondemned { return close(slot, .recycled) }
        becomeIdle(slot)
        watchForLeaks()
        if tally.open > settings.min { rescheduleMaintenance() }
    }

    mutating func connectFailed(_ operation: Operation) {
        let slot = Int(operation.slot)
        guard isCurrent(operation), records[slot].state == .connecting else { return }
        connectionFailedToOpen(slot)
    }

    mutating func connectionFailedToOpen(_ slot: Int) {
        counters.connectFailed += 1
        let startedAt = records[slot].operationStarted
        vacate(slot)
        if phase == .running {
            pacing.failed(startedAt: startedAt, at: now, backoff: settings.backoff, random: &random)
        }
    }

    /// Connects have failed for as long as the policy bears.
    var bearsNoMore: Bool {
        guard let failAfter = settings.failAfter, let since = pacing.failingSince else { return false }
        return now >= since + failAfter
    }

    /// Connects have failed for as long as the policy bears, and nothing is open: those who wait are told, and so are
    /// those who come, until a probe succeeds.
    mutating func checkOutage() {
        guard !isInOutage, let failAfter = settings.failAfter, let since = pacing.failingSince else { return }
        guard bearsNoMore else { return schedule(.outage, at: since + failAfter) }
        guard tally.open == 0 else { return }
        isInOutage = true
        actions.append(.outageBegan)
        _ = refuseAll(.outage)
    }
}
