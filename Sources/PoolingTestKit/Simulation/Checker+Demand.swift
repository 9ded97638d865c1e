import PoolingCore

// Waiters and connections at rest, and what connects are started for.

extension Simulation {
    /// Nobody waits for what is there (F1, F7), and what is missing is on its way (F2).
    func checkRest(_ s: PoolStatistics) {
        checkIdle()
        guard machine.phase == .running, !machine.isSuspended else { return }
        let queued = ledger.queuedCount
        guard queued > 0 else { return }
        ledger.require(s.idle == 0 || s.checking >= queued, "\(queued) wait while \(s.idle) connections are idle")
        if machine.isInOutage { return ledger.problem("somebody waits in an outage") }
        guard !checker.isFailing, s.total < s.max, let since = ledger.headSince else { return }
        let allowed = Swift.min(
            checker.ramp ?? machine.settings.maxConcurrentConnects, machine.settings.maxConcurrentConnects)
        guard s.connecting < allowed else { return }
        ledger.require(
            s.total - s.closing > 0, "\(queued) wait, there is room, and nothing is open or on its way")
        ledger.require(machine.nextTimer != nil, "\(queued) wait and no timer is set")
        let unserved = queued - s.connecting - s.checking - s.resetting
        guard unserved > 0 else { return }
        // One more is opened once the head of the queue has waited for longer than connects take, whatever the
        // connects in flight are doing.
        var latestLook = since
        for case .some(let call) in calls where call.kind == .connect {
            latestLook = Swift.max(latestLook, call.started)
        }
        let patience = (checker.longestConnect + 2 * Self.tick) * Int64(s.total + 2)
        ledger.require(
            now - latestLook <= patience, "\(unserved) wait for \(now - latestLook) ns, and nothing is opened")
    }

    /// What is idle is fit, as far as can be known (cleanliness).
    private func checkIdle() {
        for slot in machine.records.indices {
            switch machine.records[slot].state {
            case .delegated:
                ledger.require(
                    machine.phase == .running && !machine.isSuspended && machine.settings.delegates,
                    "slot \(slot) is delegated")
            case .idle: break
            case .vacant, .connecting, .checking, .preparing, .leased, .resetting, .closing: continue
            }
            guard let connection = ledger.connection(of: slot) else {
                ledger.problem("slot \(slot) is idle and empty")
                continue
            }
            if connection.loan != nil { continue }
            ledger.require(
                !connection.needsReset && !connection.needsProof && !connection.isBroken && !connection.isCondemned
                    && connection.generation == ledger.generation, "\(connection.id) is idle and unfit")
        }
    }

    /// No more connects than somebody has a use for (F8).
    func checkDemand(_ s: PoolStatistics) {
        let retiring = machine.records.reduce(0) { $0 + ($1.isRetiring ? 1 : 0) }
        let open = s.idle + s.leased + s.checking + s.resetting
        var wanted = ledger.queuedCount + Swift.max(0, s.min + retiring - open)
        if ledger.queuedCount == 0 {
            // What the adversary did since the machine looked is not held against it.
            wanted += Swift.max(0, machine.settings.minIdle - (hadInterference ? 0 : s.idle))
        }
        if ledger.isAnyoneWarming { wanted += 1 }
        if machine.isInOutage { wanted += 1 }
        ledger.require(s.connecting <= wanted, "\(s.connecting) connects for a need of \(wanted)")
    }

    /// Towards the end only (F61).
    func checkShutdown(_ actions: [MachineAction]) {
        for action in actions {
            switch action {
            case .grant, .warmed, .connect, .validate, .reset, .prepare, .outageBegan, .suspectLeak:
                ledger.problem("\(action) after shutdown began")
            case .refuse, .cancel, .close, .abandon, .outageEnded, .shutDown: break
            }
        }
        guard machine.phase != .shutDown, let deadline = shutdownDeadline else { return }
        ledger.require(now - deadline <= 100_000_000, "shutdown goes on \(now - deadline) ns after its deadline")
    }

    /// What a close says must be so.
    func closing(_ operation: Operation, _ id: ConnectionID, _ reason: CloseReason) {
        let slot = Int(operation.slot)
        guard let connection = ledger.connection(of: slot) else {
            return ledger.problem("a close of empty slot \(slot)")
        }
        if connection.loan != nil {
            let isForced = machine.phase == .shuttingDown && now >= (shutdownDeadline ?? .distantFuture)
            ledger.require(isForced && reason == .shutdown, "\(id) was closed (\(reason)) while on loan")
            ledger.loanEnded(slot, .discarded, at: now)
            if slot < loans.count { loans[slot] = nil }
            coverage.reached(.loanForcedAtShutdown)
        }
        switch reason {
        case .idle:
            coverage.reached(.evictedIdle)
            ledger.require(ledger.open > machine.settings.min, "\(id) was evicted below the minimum")
            let idle = now - connection.usedAt
            ledger.require(idle >= machine.settings.idleTimeout, "\(id) was evicted after \(idle) ns")
        case .uses: coverage.reached(.closedForUses)
        case .lifetime: coverage.reached(.closedForLifetime)
        case .recycled where connection.openedAt == now: coverage.reached(.staleConnectClosed)
        case .resized:
            ledger.require(
                ledger.open > machine.settings.max,
                "\(id) was closed for a smaller max with \(ledger.open) of \(machine.settings.max) open")
        case .prepareFailed: coverage.reached(.prepareFailed)
        default: break
        }
    }

    func noteRareBranches(_ s: PoolStatistics, _ actions: [MachineAction]) {
        if machine.records.contains(where: \.isRetiring) { coverage.reached(.retiredWithReplacement) }
        if checker.isFailing, s.idle > 0 { coverage.reached(.failingWithIdleOnes) }
        if checker.ramp == 2 { coverage.reached(.rampedUp) }
        var validations = 0
        for action in actions { if case .validate = action { validations += 1 } }
        if validations > 1 { coverage.reached(.siblingsChecked) }
        if validations == 1, ledger.pending.isEmpty { coverage.reached(.keptAlive) }
    }
}
