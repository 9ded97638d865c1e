import PoolingCore

/// The shipped engine on a virtual clock, in front of a server that is a few numbers: what one machine can't run.
///
/// Each instance has the state machine of a real pool; arrivals, service times, connects and the server's limit are
/// drawn. The same script gives the same report in every process. An event takes about a microsecond.
package final class Forecast {
    private enum Happening {
        case arrival
        case loanEnds(LoanID, instance: Int)
        case connectEnds(Operation, instance: Int, well: Bool)
        case callEnds(Operation, instance: Int, isClose: Bool)
        case timer(instance: Int)
        case outageBegins
        case outageEnds
    }

    private struct Instance {
        var machine: PoolStateMachine<ForecastSlots>
        /// When the agenda has its timer.
        var timerAt: Int64 = .max
        var sessions = 0
        /// Time that connections were open and in use, nanoseconds, up to `accountedAt`.
        var openTime = 0.0
        var usedTime = 0.0
        var accountedAt: Int64 = 0
        /// By slot: the loan that it is on, and whether the server has a session for it.
        var slots: [(loan: LoanID?, hasSession: Bool)] = []
        var loaned = 0
        var hasRecovered = false
        /// Since the outage.
        var wasAsked = false
    }

    private let script: ForecastScript
    private let settings: Settings
    @exclusivity(unchecked) private var instances: [Instance] = []
    @exclusivity(unchecked) private var agenda = Agenda<Happening>()
    @exclusivity(unchecked) private var dice: Dice
    @exclusivity(unchecked) private var now = MonotonicInstant(nanoseconds: 0)
    @exclusivity(unchecked) private var sessions = 0
    @exclusivity(unchecked) private var isDown = false
    @exclusivity(unchecked) private var report = ForecastReport()
    @exclusivity(unchecked) private var known: ForecastScript.Known?
    /// Of the request that is planned, where it is known, and of those that wait.
    @exclusivity(unchecked) private var coming: Int64 = 0
    @exclusivity(unchecked) private var services: [WaiterID: Int64] = [:]
    /// Is told how long each request that was served had waited, nanoseconds.
    private let onWait: (Int64) -> Void

    private init(_ script: ForecastScript, onWait: @escaping (Int64) -> Void) {
        self.script = script
        self.onWait = onWait
        // The driver resets what needs it, and prepares nothing.
        settings = Settings(script.configuration, hooks: .reset)
        dice = Dice(seed: script.seed)
        known = script.known
    }

    package static func run(_ script: ForecastScript, onWait: @escaping (Int64) -> Void) -> ForecastReport {
        let forecast = Forecast(script, onWait: onWait)
        forecast.run()
        return forecast.report
    }

    private var isCounting: Bool { now.nanoseconds >= script.warmup }

    private func run() {
        for index in 0..<script.instances {
            let machine = PoolStateMachine(settings: settings, slots: ForecastSlots(), seed: dice.word(), at: now)
            instances.append(Instance(machine: machine))
            deliver(.started, to: index)
        }
        if let outage = script.outage {
            agenda.plan(.outageBegins, at: MonotonicInstant(nanoseconds: outage.from))
            agenda.plan(.outageEnds, at: MonotonicInstant(nanoseconds: outage.until))
        }
        planArrival()
        let end = script.warmup + script.duration
        while let next = agenda.next, next.nanoseconds < end, let happening = agenda.take() {
            now = next
            handle(happening)
        }
        now = MonotonicInstant(nanoseconds: end)
        finish()
    }

    private func finish() {
        var open = 0.0
        var used = 0.0
        for index in instances.indices {
            account(index)
            open += instances[index].openTime
            used += instances[index].usedTime
        }
        report.utilization = open > 0 ? used / open : 0
        report.sessionsAtEnd = sessions
        report.neverRecovered = instances.count { $0.wasAsked && !$0.hasRecovered }
    }

    private func handle(_ happening: Happening) {
        switch happening {
        case .arrival:
            let service = known == nil ? nil : coming
            planArrival()
            arrive(at: dice.below(script.instances), service: service)
        case .loanEnds(let loan, let index): endLoan(loan, of: index, .ready)
        case .connectEnds(let operation, let index, let well):
            // Whoever was told to stop has ended already.
            guard instances[index].machine.isCurrent(operation) else { return }
            if well, !isDown {
                deliver(.connected(operation), to: index)
            } else {
                endSession(of: operation, in: index)
                if isCounting { report.connectsFailed += 1 }
                deliver(.connectFailed(operation), to: index)
            }
        case .callEnds(let operation, let index, let isClose):
            if isClose {
                endSession(of: operation, in: index)
                deliver(.closed(operation), to: index)
            } else {
                deliver(isDown ? .failed(operation) : .succeeded(operation), to: index)
            }
        case .timer(let index):
            // One that was planned before an earlier one took its place.
            guard now.nanoseconds >= instances[index].timerAt else { return }
            instances[index].timerAt = .max
            deliver(.timer, to: index)
        case .outageBegins: beginOutage()
        case .outageEnds: isDown = false
        }
    }

    // MARK: Requests

    private func planArrival() {
        if var known {
            let request = known.series.next()
            coming = script.service.drawn(by: request.choice) + known.extraService
            self.known = known
            return agenda.plan(.arrival, at: MonotonicInstant(nanoseconds: request.arrival))
        }
        var rate = script.rate
        if let surge = script.surge, surge.phase.contains(now.nanoseconds) { rate *= surge.factor }
        let gap = 1e9 / rate
        let span = script.arrivals == .poisson ? dice.exponential() * gap : gap
        agenda.plan(.arrival, at: now + Int64(Swift.min(span, 1e18)))
    }

    private func arrive(at index: Int, service: Int64?) {
        if isCounting { report.requests += 1 }
        if let outage = script.outage, now.nanoseconds >= outage.until { instances[index].wasAsked = true }
        let id = instances[index].machine.reserveWaiter()
        if let service { services[id] = service }
        deliver(
            .acquire(id, AcquireRequest(deadline: now + settings.acquireTimeout, since: now)), to: index)
        report.peakWaiting = Swift.max(report.peakWaiting, instances[index].machine.waiters.queuedCount)
    }

    private func granted(_ loan: LoanID, to waiter: WaiterID, waited: Int64, immediately: Bool, by index: Int) {
        // Those that came before are nobody's business.
        if now.nanoseconds - waited >= script.warmup {
            report.served += 1
            if immediately { report.servedAtOnce += 1 }
            onWait(waited)
        }
        noteRecovery(of: index)
        account(index)
        instances[index].loaned += 1
        instances[index].slots[loan.slot].loan = loan
        let service = services.removeValue(forKey: waiter) ?? dice.time(script.service)
        agenda.plan(.loanEnds(loan, instance: index), at: now + Swift.max(0, service))
    }

    private func noteRecovery(of index: Int) {
        guard let outage = script.outage, now.nanoseconds >= outage.until, !instances[index].hasRecovered else {
            return
        }
        instances[index].hasRecovered = true
        let span = now.nanoseconds - outage.until
        if report.recovery == nil { report.recovery = span }
        report.lastRecovery = span
    }

    private func endLoan(_ loan: LoanID, of index: Int, _ outcome: ReturnOutcome) {
        guard instances[index].machine.slots.isCurrent(loan) else { return }
        account(index)
        instances[index].loaned -= 1
        instances[index].slots[loan.slot].loan = nil
        instances[index].machine.slots.comesBack(loan.slot, at: now)
        deliver(.released(loan.slot, outcome), to: index)
    }

    private func refused(_ refusal: Refusal, waited: Int64) {
        guard now.nanoseconds - waited >= script.warmup else { return }
        if refusal == .timedOut { report.timedOut += 1 } else { report.rejected += 1 }
    }

    // MARK: The server

    private func beginOutage() {
        isDown = true
        for index in instances.indices {
            for case (let loan?, _) in instances[index].slots {
                if isCounting { report.broken += 1 }
                endLoan(loan, of: index, .broken)
            }
            // A driver notices that an idle one was hung up before it lends it.
            deliver(.recycled(.idle), to: index)
        }
    }

    private func connect(_ operation: Operation, of index: Int) {
        if isCounting { report.connects += 1 }
        let slot = Int(operation.slot)
        while instances[index].slots.count <= slot { instances[index].slots.append((nil, false)) }
        guard !isDown, sessions < script.serverLimit ?? .max else {
            return agenda.plan(.connectEnds(operation, instance: index, well: false), at: now + script.roundTrip)
        }
        account(index)
        sessions += 1
        instances[index].sessions += 1
        instances[index].slots[slot].hasSession = true
        report.peakSessions = Swift.max(report.peakSessions, sessions)
        report.peakPerInstance = Swift.max(report.peakPerInstance, instances[index].sessions)
        agenda.plan(.connectEnds(operation, instance: index, well: true), at: now + dice.time(script.connect))
    }

    private func endSession(of operation: Operation, in index: Int) {
        guard instances[index].slots[Int(operation.slot)].hasSession else { return }
        account(index)
        instances[index].slots[Int(operation.slot)].hasSession = false
        sessions -= 1
        instances[index].sessions -= 1
    }

    // MARK: The machine

    private func deliver(_ event: MachineEvent, to index: Int) {
        report.events += 1
        instances[index].machine.handle(event, at: now)
        // What an action causes at once comes back with actions of its own.
        while !instances[index].machine.actions.isEmpty {
            var actions: [MachineAction] = []
            swap(&actions, &instances[index].machine.actions)
            for action in actions { carryOut(action, of: index) }
        }
        guard let next = instances[index].machine.nextTimer?.nanoseconds, next < instances[index].timerAt else {
            return
        }
        instances[index].timerAt = next
        agenda.plan(.timer(instance: index), at: MonotonicInstant(nanoseconds: Swift.max(next, now.nanoseconds)))
    }

    private func carryOut(_ action: MachineAction, of index: Int) {
        switch action {
        case .grant(let waiter, _, let loan, let waited, let immediately):
            granted(loan, to: waiter, waited: waited, immediately: immediately, by: index)
        case .refuse(let waiter, let refusal, let waited):
            services[waiter] = nil
            refused(refusal, waited: waited)
        case .connect(let operation, _): connect(operation, of: index)
        case .validate(let operation, _), .reset(let operation, _), .prepare(let operation, _, _):
            agenda.plan(.callEnds(operation, instance: index, isClose: false), at: now + script.roundTrip)
        case .close(let operation, _, _, _, _):
            agenda.plan(.callEnds(operation, instance: index, isClose: true), at: now + script.roundTrip / 2)
        case .cancel(let operation): cancel(operation, of: index)
        case .abandon, .warmed, .suspectLeak, .outageBegan, .outageEnded, .shutDown: break
        }
    }

    /// Its time is up, and it ends at once.
    private func cancel(_ operation: Operation, of index: Int) {
        if case .connecting = instances[index].machine.records[Int(operation.slot)].state {
            endSession(of: operation, in: index)
            if isCounting { report.connectsFailed += 1 }
            deliver(.connectFailed(operation), to: index)
        } else {
            deliver(.failed(operation), to: index)
        }
    }

    /// Adds up what has been open and in use since it was last done.
    private func account(_ index: Int) {
        let span = now.nanoseconds - Swift.max(instances[index].accountedAt, script.warmup)
        instances[index].accountedAt = now.nanoseconds
        guard span > 0 else { return }
        instances[index].openTime += Double(span) * Double(instances[index].sessions)
        instances[index].usedTime += Double(span) * Double(instances[index].loaned)
    }
}
