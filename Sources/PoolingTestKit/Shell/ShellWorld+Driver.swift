import PoolingCore

// What the driver does, and what must be true when it is asked to.

extension ShellWorld {
    /// One call: ends as the server says.
    func call(_ kind: DriverCall, _ connection: SimulatedConnection?) async -> Bool {
        let pause = Pause()
        let limit = time + longest[kind.rawValue] + 100_000_000 + (8 << 20)
        calls.append(CallInFlight(kind: kind, pause: pause, limit: limit, lag: lag))
        note(10 + UInt64(kind.rawValue), Int64(connection?.number ?? -1), "\(kind) \(name(connection))")
        plan(pause, outcome(of: kind))
        let isWell = await withTaskCancellationHandler {
            await pause.wait()
        } onCancel: {
            cancelled(pause, kind)
        }
        if let index = calls.firstIndex(where: { $0.pause === pause }) {
            if isOverdue(calls[index]) { coverage.reached(.abandonedEnded) }
            calls.remove(at: index)
        }
        note(
            20 + UInt64(kind.rawValue), Int64(connection?.number ?? -1), isWell ? 1 : 0,
            "\(kind) \(name(connection)) ended \(isWell ? "well" : "badly")")
        return isWell
    }

    private func outcome(of kind: DriverCall) -> CallOutcome {
        guard !server.isHealed, let outcomes else {
            // Resets are few, and would hardly ever be given up on.
            if kind == .reset, !server.isHealed, dice.chance(10) { return .never }
            return server.outcome(of: kind, &dice)
        }
        outcomesAsked.insert(kind.rawValue)
        switch outcomes[kind.rawValue] {
        case .ok: return .ends(after: 2_000_000, well: true)
        case .error: return .ends(after: 2_000_000, well: false)
        case .slow, .never: return .never
        }
    }

    private func outcomeOfCancelling(_ kind: DriverCall) -> CallOutcome {
        guard let outcomes else { return server.outcomeOfCancelling(&dice) }
        return outcomes[kind.rawValue] == .slow ? .ends(after: 1_000_000, well: false) : .never
    }

    private func name(_ connection: SimulatedConnection?) -> String { connection.map { "c\($0.number)" } ?? "" }

    private func plan(_ pause: Pause, _ outcome: CallOutcome) {
        pause.plan += 1
        guard case .ends(let span, let well) = outcome else { return }
        agenda.plan(.pauseEnds(pause, plan: pause.plan, well: well), at: time + span)
    }

    private func cancelled(_ pause: Pause, _ kind: DriverCall) {
        guard let index = calls.firstIndex(where: { $0.pause === pause }), !calls[index].isCancelled else { return }
        calls[index].isCancelled = true
        note(3, Int64(kind.rawValue), "\(kind) is told to stop")
        let outcome = server.isHealed ? .ends(after: 0, well: false) : outcomeOfCancelling(kind)
        if outcome == .never {
            coverage.reached(.callIgnoredCancellation)
            return plan(pause, outcomes == nil ? server.outcomeOfAbandoning(&dice) : .never)
        }
        plan(pause, outcome)
    }

    /// Whatever still runs ends soon.
    func endCalls() {
        for call in calls { plan(call.pause, .ends(after: dice.milliseconds(0, 3), well: dice.chance(50))) }
    }

    func made() -> SimulatedConnection {
        let connection = SimulatedConnection(number: connections.count + 1, at: time)
        connections.append(connection)
        note(4, Int64(connection.number), "c\(connection.number) is open")
        return connection
    }

    func begins(_ kind: DriverCall, on connection: SimulatedConnection, _ reason: CloseReason? = nil) {
        require(connection.call == nil, "\(kind) of c\(connection.number) during its \(connection.call ?? kind)")
        require(connection.stage == .open, "\(kind) of c\(connection.number), which is \(connection.stage)")
        connection.call = kind
        if kind == .close {
            connection.gate.close()
            noteClose(of: connection, reason)
        } else {
            require(connection.loan == nil, "\(kind) of c\(connection.number) during its loan")
        }
    }

    private func noteClose(of connection: SimulatedConnection, _ reason: CloseReason?) {
        if connection.loan != nil {
            require(
                reason == .shutdown && isForced,
                "c\(connection.number) was closed (\(reason?.description ?? "")) on loan")
            coverage.reached(.loanForcedAtShutdown)
        }
        if reason == .late { coverage.reached(.connectLateAfterAbandon) }
        if connection.isDiscarded { require(reason != .idle, "c\(connection.number) was kept after a discard") }
    }

    /// A shutdown's deadline has passed.
    var isForced: Bool { time >= forcedFrom }

    func closed(_ connection: SimulatedConnection) {
        require(connection.stage == .open, "c\(connection.number) was closed twice")
        connection.stage = .closed
        closed += 1
    }

    /// In the borrower's task, just before its body sees the connection.
    func lent(_ connection: SimulatedConnection, _ loan: LoanID) {
        note(5, Int64(connection.number), Int64(loan.rawValue), "c\(connection.number) is lent as \(loan)")
        require(core?.isCurrent(loan) == true, "c\(connection.number) was lent as \(loan), which has ended")
        require(connection.stage == .open, "c\(connection.number), which is \(connection.stage), was lent")
        require(connection.call == nil, "c\(connection.number) was lent during its \(connection.call ?? .close)")
        require(connection.loan == nil, "c\(connection.number) was lent twice")
        require(!connection.isDiscarded, "c\(connection.number) was lent after a discard")
        if script.hooks.contains(.condition) {
            require(connection.condition == .ready, "c\(connection.number), which is \(connection.condition), was lent")
        }
        if script.hooks.contains(.prepare), !script.hooks.contains(.undeclared) {
            require(connection.isPrepared, "c\(connection.number) was lent unprepared")
        }
        if !connection.isPrepared { checkFreshness(of: connection) }
        connection.loan = loan
        connection.isPrepared = false
    }

    func checkFreshness(of connection: SimulatedConnection) {
        // The coarse clock is behind, and the borrower may not have come to run at once.
        let idle = time - connection.touched - 2 * script.coarseTick - lag
        require(idle <= longestIdle, "c\(connection.number) was lent unseen after \(idle) ns")
    }

    /// The driver is asked for the condition of a connection: on its way to a borrower, or back.
    func asked(_ connection: SimulatedConnection) {
        guard let acquire = client?.acquire, connection.loan == nil else { return }
        guard connection.condition != .ready else { return }
        coverage.reached(.unfitWhenLent)
        acquire.wasUnfit = true
        // Goes on at the head of the queue; or like a newcomer, if it had come by the fast path.
        if !acquire.isFast { acquire.place = acquire.place ?? acquire.queued ?? acquire.began }
        acquire.isFast = false
        acquire.isResumed = false
        acquire.queued = nil
    }
}
