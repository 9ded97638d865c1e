package import PoolingCore

// Tasks that acquire: what they ask for, and what becomes of it.

extension Simulation {
    /// A task asks the machine for a connection.
    @discardableResult
    package func acquire(_ request: AcquireRequest) -> WaiterID {
        let id = machine.reserveWaiter()
        ledger.reserved(id)
        ledger.queued(id, request)
        var told = request
        if lie == .reversesPriorities { told.level = 2 - told.level }
        deliver(.acquire(id, told))
        if !request.waits {
            ledger.require(
                ledger.waiter(id)?.stage == .resolved || ledger.waiter(id)?.stage == .preparing,
                "waiter \(id) waits, which it did not want to")
        }
        return id
    }

    func granted(_ id: WaiterID, slot: Int, loan: LoanID) {
        guard let waiter = ledger.waiter(id) else {
            return ledger.problem("nobody knows waiter \(id), who was granted")
        }
        let wasPrepared = waiter.stage == .preparing
        if !wasPrepared {
            ledger.checkTurn(of: id)
            ledger.require(!machine.isSuspended, "waiter \(id) was granted during a suspension")
        }
        ledger.require(loan.slot == slot, "loan \(loan) is not of slot \(slot)")
        ledger.require(
            waiter.deadline == .distantFuture || now - waiter.deadline <= 2 * Self.tick || waiter.since == now,
            "waiter \(id) was granted \(now - waiter.deadline) ns after its deadline")
        guard ledger.resolved(id, as: "granted") else { return }
        ledger.loanBegan(loan, settings: machine.settings, wasPrepared: wasPrepared, at: now)
        remember(id)
        let fate = hasHealed ? 100 : dice.below(100)
        if fate < 3 {
            // Cancelled in the instant of the grant: the task gives it back at once, unused.
            coverage.reached(.grantedWhileCancelled)
            loans[slot] = Loan(id: loan, task: waiter.task, outcome: .ready)
            agenda.plan(.cancel(id), at: now)
            agenda.plan(.loanEnds(loan), at: now)
        } else if fate < 5 {
            // The driver says at the last moment that the connection is unfit; the acquire goes on.
            coverage.reached(.unfitAfterGrant)
            // Until it has gone back, it is the task's in everybody's eyes.
            loans[slot] = Loan(id: loan, task: waiter.task, outcome: dice.chance(50) ? .suspect : .broken)
            agenda.plan(.loanEnds(loan), at: now)
            let again = AcquireRequest(
                deadline: waiter.deadline, level: waiter.level, isReturning: true, since: waiter.since,
                task: waiter.task)
            agenda.plan(.reacquire(again), at: now)
        } else {
            useLoan(loan, task: waiter.task, level: waiter.level)
        }
    }

    func refused(_ id: WaiterID, _ refusal: Refusal) {
        guard let waiter = ledger.waiter(id) else {
            return ledger.problem("nobody knows waiter \(id), who was refused")
        }
        switch refusal {
        case .timedOut:
            ledger.require(now >= waiter.deadline, "waiter \(id) timed out early")
            if calls.contains(where: { $0?.kind == .validate }) { coverage.reached(.expiredDuringValidation) }
            if waiter.stage == .preparing { coverage.reached(.expiredWhilePreparing) }
        case .cancelled, .unavailable: break
        case .queueFull: coverage.reached(.queueFull)
        case .suspended:
            coverage.reached(.suspendedRefusal)
            ledger.require(machine.isSuspended, "waiter \(id) was refused as suspended, which the pool is not")
        case .shutDown:
            ledger.require(machine.phase != .running, "waiter \(id) was refused as shut down, which the pool is not")
        case .outage:
            coverage.reached(.outageRefusal)
            ledger.require(checker.isFailing, "waiter \(id) was refused for an outage that there is not")
        case .nested:
            coverage.reached(.deadlockRefused)
            ledger.require(isDeadlocked(), "waiter \(id) was refused for a deadlock that there is not")
        case .unprepared:
            ledger.require(
                refusing != nil && waiter.stage == .preparing, "waiter \(id) was refused by a driver that did not")
        }
        _ = ledger.resolved(id, as: "refused")
        remember(id)
    }

    /// Whether every connection is on loan to a task that waits.
    func isDeadlocked() -> Bool {
        guard ledger.lent > 0, ledger.lent == ledger.total, ledger.total >= machine.settings.max else { return false }
        for slot in ledger.bySlot.indices {
            guard let connection = ledger.connection(of: slot) else { continue }
            guard connection.loan != nil, slot < loans.count, let loan = loans[slot] else { return false }
            if !ledger.isWaiting(task: loan.task) { return false }
        }
        return true
    }

    func cancel(_ id: WaiterID) {
        guard let waiter = ledger.waiter(id), waiter.stage != .resolved else {
            coverage.reached(.cancelledLate)
            return deliverLate(.cancelled(id))
        }
        if lie != .losesCancellations { deliver(.cancelled(id)) }
        ledger.require(ledger.waiter(id)?.stage == .resolved, "waiter \(id) was cancelled and waits on")
    }

    func remember(_ id: WaiterID) {
        endedWaiters.append(id)
        if endedWaiters.count > 16 { endedWaiters.removeFirst() }
    }
}
