import PoolingCore

// What the shell around the machine does: driver calls, and loans on behalf of tasks.

extension Simulation {
    func perform(_ action: MachineAction) {
        switch action {
        case .grant(let id, let slot, let loan, _, _): granted(id, slot: slot, loan: loan)
        case .refuse(let id, let refusal, _): refused(id, refusal)
        case .warmed(let id):
            coverage.reached(.warmed)
            _ = ledger.resolved(id, as: "warmed")
            ledger.require(ledger.open >= machine.settings.min, "warm with \(ledger.open) open connections")
            remember(id)
        case .connect(let operation, let id): startConnect(operation, id)
        case .validate(let operation, let id): start(.validate, operation, id)
        case .reset(let operation, let id): start(.reset, operation, id)
        case .prepare(let operation, let id, let waiter):
            ledger.checkTurn(of: waiter)
            if let connection = ledger.connection(of: Int(operation.slot)) {
                ledger.checkFitness(connection, settings: machine.settings, wasPrepared: false, at: now)
            }
            ledger.prepares(waiter)
            start(.prepare, operation, id, for: waiter)
        case .cancel(let operation): cancelCall(operation)
        case .close(let operation, let id, let reason, let deadline, _):
            closing(operation, id, reason)
            ledger.require(deadline >= now, "a close was given no time")
            start(.close, operation, id)
            if lie == .closesTooEarly { machine.handle(.closed(operation), at: now) }
        case .abandon(let operation, let id): abandonCall(operation, id)
        case .suspectLeak(_, let slot, let age): suspectLeak(slot, age)
        case .outageBegan:
            coverage.reached(.outageBegan)
            ledger.require(ledger.open == 0, "an outage began with \(ledger.open) connections open")
        case .outageEnded: coverage.reached(.outageEnded)
        case .shutDown(let report):
            shutdownReport = report
            ledger.require(ledger.total == 0, "shutdown ended with \(ledger.total) connections")
            ledger.require(ledger.pending.isEmpty, "shutdown ended with \(ledger.pending.count) waiters")
        }
    }

    private func suspectLeak(_ slot: Int, _ age: Int64) {
        coverage.reached(.leakSuspected)
        let threshold = machine.settings.leakThreshold
        ledger.require(age >= threshold, "a loan of \(age) ns was reported as a leak")
        // The adversary may have returned it since, and borrowed it again.
        guard let loan = machine.slots.currentLoan(slot), now - loan.since == age else {
            return ledger.require(hadInterference, "slot \(slot) was reported as a leak, but has no such loan")
        }
        ledger.require(reportedLeaks[slot] != loan.sequence, "a leak was reported twice")
        reportedLeaks[slot] = loan.sequence
    }

    // MARK: - Calls

    private func startConnect(_ operation: Operation, _ id: ConnectionID) {
        ledger.connectStarted(id, slot: Int(operation.slot))
        checkConnectMayStart()
        startedConnects += 1
        begin(.connect, operation, id, for: nil)
    }

    private func start(_ kind: DriverCall, _ operation: Operation, _ id: ConnectionID, for waiter: WaiterID? = nil) {
        ledger.callStarted(kind, slot: Int(operation.slot), id: id)
        begin(kind, operation, id, for: waiter)
    }

    private func begin(_ kind: DriverCall, _ operation: Operation, _ id: ConnectionID, for waiter: WaiterID?) {
        let slot = Int(operation.slot)
        while calls.count <= slot { calls.append(nil) }
        while loans.count <= slot { loans.append(nil) }
        serials += 1
        calls[slot] = Call(
            serial: serials, kind: kind, operation: operation, id: id, started: now, waiter: waiter,
            isProbe: kind == .connect && checker.isFailing, limit: now + patience(kind))
        if case .ends(let span, let well) = server.outcome(of: kind, &dice) {
            agenda.plan(.callEnds(operation, serial: serials, well: well), at: now + span)
        }
    }

    /// How long the pool may wait for a call at most.
    private func patience(_ kind: DriverCall) -> Int64 {
        let settings = machine.settings
        let span =
            switch kind {
            case .connect: settings.connectTimeout
            case .validate: settings.validationTimeout
            case .prepare, .reset: settings.resetTimeout
            case .close: settings.closeTimeout
            }
        return span + PoolStateMachine<SimulatedSlots>.cancellationGrace + 4 * Self.tick
    }

    private func cancelCall(_ operation: Operation) {
        let slot = Int(operation.slot)
        guard var call = calls[slot], call.operation == operation else {
            return ledger.problem("\(operation), which does not run, was cancelled")
        }
        if machine.phase != .running {
            call.limit = now + PoolStateMachine<SimulatedSlots>.farewellGrace + 4 * Self.tick
        }
        call.isCancelled = true
        serials += 1
        call.serial = serials
        calls[slot] = call
        if case .ends(let span, let well) = server.outcomeOfCancelling(&dice) {
            agenda.plan(.callEnds(operation, serial: serials, well: well), at: now + span)
        }
    }

    private func abandonCall(_ operation: Operation, _ id: ConnectionID) {
        let slot = Int(operation.slot)
        guard let call = calls[slot], call.operation == operation else {
            return ledger.problem("\(operation), which does not run, was abandoned")
        }
        coverage.reached(.abandonedOperation)
        if call.kind == .connect { checker.connectFailed(startedAt: call.started, at: now, machine.settings.backoff) }
        if let waiter = call.waiter, ledger.waiter(waiter)?.stage == .preparing { ledger.requeued(waiter) }
        ledger.abandoned(slot, id: id)
        calls[slot] = nil
        abandonedCalls.append(call)
        endedOperations.append(operation)
        if case .ends(let span, _) = server.outcomeOfAbandoning(&dice) {
            agenda.plan(.abandonedCallEnds(serial: call.serial), at: now + span)
        }
    }

    /// A call has ended: the shell asks whether anybody still wants to know.
    func callEnded(_ operation: Operation, serial: Int, well: Bool) {
        let slot = Int(operation.slot)
        guard let call = calls[slot], call.serial == serial else { return }
        ledger.require(machine.isCurrent(operation), "the machine forgot \(operation)")
        calls[slot] = nil
        endedOperations.append(operation)
        if call.kind == .connect {
            if machine.phase != .running { coverage.reached(.connectEndedAfterShutdown) }
            if well, call.isCancelled { coverage.reached(.cancelledConnectSucceeded) }
            ledger.connectEnded(slot, well: well, at: now)
            if well {
                checker.connectSucceeded(took: now - call.started, limit: machine.settings.maxConcurrentConnects)
            } else {
                checker.connectFailed(startedAt: call.started, at: now, machine.settings.backoff)
            }
            deliver(well ? .connected(operation) : .connectFailed(operation))
        } else if call.kind == .close {
            ledger.closeEnded(slot)
            deliver(.closed(operation))
        } else {
            let isStale = ledger.connection(of: slot).map { $0.generation != ledger.generation || $0.isCondemned }
            ledger.callEnded(call.kind, slot: slot, well: well, at: now)
            // One preparation in four says that the next would fail, too.
            if call.kind == .prepare, !well, operation.number % 4 == 0 {
                coverage.reached(.preparationRefused)
                refusing = operation
                deliver(.refused(operation))
                if let waiter = call.waiter, let left = ledger.waiter(waiter) {
                    ledger.require(left.stage == .resolved, "waiter \(waiter) was refused and waits on")
                }
                refusing = nil
                return
            }
            if let waiter = call.waiter, ledger.waiter(waiter)?.stage == .preparing, !well || isStale == true {
                ledger.requeued(waiter)
            }
            let isToldWell = well || (lie == .passesFailedChecks && call.kind == .validate)
            deliver(isToldWell ? .succeeded(operation) : .failed(operation))
        }
        if dice.chance(2) { deliverLate(well ? .succeeded(operation) : .connected(operation)) }
    }

    /// A call that had been given up on has ended, and whatever it brought is closed.
    func abandonedCallEnded(serial: Int) {
        guard let index = abandonedCalls.firstIndex(where: { $0.serial == serial }) else { return }
        let call = abandonedCalls.remove(at: index)
        ledger.require(!machine.isCurrent(call.operation), "\(call.operation) was abandoned and is current")
        coverage.reached(.abandonedOperationEnded)
        if call.kind == .connect, machine.phase != .running { coverage.reached(.connectEndedAfterShutdown) }
        if lie == .endsAbandonedTwice { machine.handle(.abandonedEnded, at: now) }
        deliver(.abandonedEnded)
    }

    /// Events of what is gone change nothing (F4). The pool is brought to rest at this instant first, so that time
    /// that has passed is not mistaken for an effect.
    func deliverLate(_ event: MachineEvent) {
        let aggression = slots.aggression
        slots.aggression = 0
        defer { slots.aggression = aggression }
        deliver(.timer)
        let before = machine.statistics
        let states = machine.records.map(\.state)
        deliver(event)
        checker.lateEvents += 1
        coverage.reached(.lateEventIgnored)
        ledger.require(
            before == machine.statistics && states == machine.records.map(\.state),
            "the late event \(event) changed something")
    }

    // MARK: - Loans

    /// What the adversary did while the machine was asking.
    func settleInterferences() {
        hadInterference = !slots.interferences.isEmpty
        guard hadInterference else { return }
        for interference in slots.interferences {
            trace.line("    ! \(interference)")
            switch interference {
            case .borrowed(let loan):
                trace.mix(40, Int64(loan.slot))
                coverage.reached(.borrowedInsidePort)
                fastLoanBegan(loan, task: 0)
            case .returned(let slot):
                trace.mix(41, Int64(slot))
                coverage.reached(.returnedInsidePort)
                fastLoanEnded(slot)
            }
        }
        slots.interferences.removeAll(keepingCapacity: true)
    }

    func fastLoanBegan(_ loan: LoanID, task: UInt) {
        fastAcquired += 1
        ledger.loanBegan(loan, settings: machine.settings, wasPrepared: false, at: now)
        useLoan(loan, task: task)
    }

    func fastLoanEnded(_ slot: Int) {
        fastReleased += 1
        ledger.loanEnded(slot, .ready, at: now)
        if slot < loans.count { loans[slot] = nil }
    }

    /// Plans the end of a loan.
    func useLoan(_ loan: LoanID, task: UInt, level: Int = 1) {
        while loans.count <= loan.slot { loans.append(nil) }
        loans[loan.slot] = Loan(id: loan, task: task, outcome: returnOutcome(), level: level)
        let span: Int64 =
            switch dice.below(20) {
            case 0...2: 0
            case 3: dice.span(script.longestUse, 5 * script.longestUse)
            default: dice.span(0, script.longestUse)
            }
        agenda.plan(.loanEnds(loan), at: now + span)
    }

    private func returnOutcome() -> ReturnOutcome {
        if hasHealed { return .ready }
        switch dice.below(100) {
        case 0...3: return .dirty
        case 4, 5: return .suspect
        case 6, 7: return .broken
        case 8: return .discarded
        case 9 where dice.chance(30): return .detached
        default: return .ready
        }
    }

    func loanEnds(_ loan: LoanID) {
        let slot = loan.slot
        guard let held = loans[slot], held.id == loan else { return }
        guard slots.isCurrent(loan) else {
            // Revoked by a shutdown whose deadline had passed: the return is refused.
            loans[slot] = nil
            return
        }
        if ledger.isWaiting(task: held.task) {
            // A task that waits cannot return what it holds.
            return agenda.plan(.loanEnds(loan), at: now + 3_000_000)
        }
        if held.outcome == .ready, slots.giveBack(slot) {
            trace.mix(42, Int64(slot))
            trace.line("    fast return of \(loan)")
            return fastLoanEnded(slot)
        }
        release(slot, held.outcome)
    }

    func release(_ slot: Int, _ outcome: ReturnOutcome) {
        if outcome == .detached { coverage.reached(.detached) }
        if slots.slots[slot].holding == .borrowed || slots.slots[slot].holding == .lent { slots.comesBack(slot) }
        loans[slot] = nil
        ledger.loanEnded(slot, outcome, at: now)
        deliver(.released(slot, lie == .returnsDirtAsReady && outcome == .dirty ? .ready : outcome))
    }
}
