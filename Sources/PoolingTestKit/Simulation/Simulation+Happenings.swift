import PoolingCore

// What happens by itself: arrivals, the owner's commands, late and spurious events.

extension Simulation {
    package func happen(_ happening: Happening) {
        switch happening {
        case .spontaneous: if !hasHealed { spontaneous() }
        case .callEnds(let operation, let serial, let well): callEnded(operation, serial: serial, well: well)
        case .abandonedCallEnds(let serial): abandonedCallEnded(serial: serial)
        case .loanEnds(let loan): loanEnds(loan)
        case .cancel(let id): cancel(id)
        case .reacquire(let request): acquire(request)
        case .changeOfServer:
            if hasHealed { return }
            server.changePhase(&dice)
            trace.line("    server: \(server.phase)")
            agenda.plan(.changeOfServer, at: now + dice.milliseconds(5, server.phase == .up ? 400 : 250))
        }
    }

    private func spontaneous() {
        switch dice.below(100) {
        case 0...54: arrive()
        case 55...69: borrowFast()
        case 70...73: deliver(.timer)
        case 74...79: somethingLate()
        case 80...82: arriveInCrowd()
        case 83...85: warm()
        case 86...93: if dice.chance(35) { command() } else { arrive() }
        default: break
        }
        if machine.phase == .running || dice.chance(80) {
            agenda.plan(.spontaneous, at: now + pause())
        }
    }

    private func pause() -> Int64 {
        switch dice.below(200) {
        case 0: dice.milliseconds(200, 4000)
        case 1...60: 0
        default: dice.span(0, script.pace * 100_000)
        }
    }

    private func arrive() {
        if dice.chance(40), borrowFast() { return }
        let task = chooseTask()
        var request = AcquireRequest(
            deadline: now + machine.settings.acquireTimeout, level: dice.chance(70) ? 1 : dice.below(3), since: now,
            task: task)
        if dice.chance(25) { request.deadline = now + dice.milliseconds(0, 30) }
        if dice.chance(8) {
            request.waits = false
            request.skipsPreparation = dice.chance(50)
        }
        let id = acquire(request)
        if machine.isSuspended, ledger.waiter(id)?.stage == .queued { coverage.reached(.waitedThroughSuspension) }
        if machine.settings.detectsNesting, task != 0, ledger.waiter(id)?.stage == .queued {
            let holds = loans.contains { $0?.task == task }
            ledger.require(!holds || !isDeadlocked(), "the deadlock that waiter \(id) completed was not noticed")
        }
        if dice.chance(12) { agenda.plan(.cancel(id), at: now + (dice.chance(30) ? 0 : dice.milliseconds(0, 40))) }
    }

    private func arriveInCrowd() {
        for _ in 0..<2 + dice.below(8) where violation == nil { arrive() }
    }

    /// A new task, none that is known, or one that holds a loan.
    private func chooseTask() -> UInt {
        if dice.chance(25) { return 0 }
        if dice.chance(35), !loans.isEmpty, let holder = loans[dice.below(loans.count)], holder.task != 0,
            !ledger.isWaiting(task: holder.task)
        {
            return holder.task
        }
        tasks += 1
        return tasks
    }

    /// A checkout that never meets the machine.
    @discardableResult
    private func borrowFast() -> Bool {
        let count = slots.slots.count
        guard count > 0 else { return false }
        let first = dice.below(count)
        for offset in 0..<count {
            let slot = (first + offset) % count
            guard slots.isBorrowable(slot) else { continue }
            ledger.require(ledger.queuedCount == 0, "the fast path overtook those who wait")
            tasks += 1
            let task = dice.chance(30) ? 0 : tasks
            guard let loan = slots.borrow(slot, owner: task) else { continue }
            trace.mix(43, Int64(slot))
            trace.line("    fast loan \(loan)")
            fastLoanBegan(loan, task: task)
            return true
        }
        return false
    }

    private func warm() {
        guard dice.chance(20) else { return }
        let id = machine.reserveWaiter()
        ledger.reserved(id)
        let deadline = now + dice.milliseconds(0, 500)
        ledger.warming(id, deadline: deadline, at: now)
        deliver(.warm(id, deadline: deadline))
        if dice.chance(10) { agenda.plan(.cancel(id), at: now + dice.milliseconds(0, 40)) }
    }

    /// Events for what is gone, duplicates included (F4).
    private func somethingLate() {
        if !endedWaiters.isEmpty, dice.chance(25) {
            return deliverLate(.cancelled(endedWaiters[dice.below(endedWaiters.count)]))
        }
        if dice.chance(15), let slot = ownedSlot() { return deliverLate(.released(slot, .ready)) }
        guard !endedOperations.isEmpty else { return }
        if endedOperations.count > 64 { endedOperations.removeFirst(32) }
        let operation = endedOperations[dice.below(endedOperations.count)]
        switch dice.below(5) {
        case 0: deliverLate(.connected(operation))
        case 1: deliverLate(.connectFailed(operation))
        case 2: deliverLate(.succeeded(operation))
        case 3: deliverLate(.failed(operation))
        default: deliverLate(.closed(operation))
        }
    }

    /// A slot that nobody can have borrowed.
    private func ownedSlot() -> Int? {
        let count = machine.records.count
        guard count > 0 else { return nil }
        let slot = dice.below(count)
        switch machine.records[slot].state {
        case .leased, .delegated: return nil
        case .vacant, .connecting, .checking, .preparing, .idle, .resetting, .closing: return slot
        }
    }

    private func command() {
        switch dice.below(24) {
        case 0...5: apply()
        case 6...9: if machine.isSuspended { deliver(.resumed) } else { deliver(.suspended) }
        case 10...11: deliver(.resumed)
        case 12: deliver(.recycled(.all))
        case 13: deliver(.recycled(.idle))
        case 14...16:
            let id = ConnectionID(rawValue: UInt64(1 + dice.below(ledger.connections.count + 1)))
            deliver(.recycled(.connection(id)))
        case 17, 18:
            if let held = loans.first(where: { $0 != nil }), let loan = held, slots.isCurrent(loan.id) {
                coverage.reached(.distrusted)
                deliver(.distrusted(slot: loan.id.slot))
            }
        case 19: if dice.chance(30) { beginShutdown() }
        default: break
        }
    }

    private func apply() {
        var settings = Script.settings(&dice, hooks: script.hooks)
        // Who waits nested is noted from the start or not at all.
        settings.detectsNesting = script.settings.detectsNesting
        if ledger.lent > settings.max { coverage.reached(.resizedBelowUse) }
        ledger.mostUses = Swift.max(ledger.mostUses, settings.maxUses)
        slots.validation = settings.validation
        deliver(.applied(settings))
    }

    func beginShutdown() {
        let deadline = now + (dice.chance(20) ? 0 : dice.milliseconds(0, 400))
        shutdownDeadline = Swift.min(shutdownDeadline ?? .distantFuture, deadline)
        deliver(.shutdown(deadline: deadline))
    }
}
