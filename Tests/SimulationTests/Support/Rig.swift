import PoolingCore
import PoolingTestKit
import Testing

/// The state machine on a bench: virtual time, connections that do what the test says, and a record of all actions.
final class Rig {
    var machine: PoolStateMachine<SimulatedSlots>
    let slots = SimulatedSlots()
    private(set) var now = Simulation.origin
    /// Every action so far.
    private(set) var actions: [MachineAction] = []
    /// Driver calls that nobody has answered, oldest first.
    private(set) var connects: [Operation] = []
    private(set) var checks: [Operation] = []
    private(set) var resets: [Operation] = []
    private(set) var preparations: [Operation] = []
    private(set) var closes: [Operation] = []
    private(set) var grants: [WaiterID: LoanID] = [:]
    private(set) var refusals: [WaiterID: Refusal] = [:]
    /// In the order of their grants.
    private(set) var granted: [WaiterID] = []
    private(set) var closeReasons: [CloseReason] = []
    private(set) var warmed: [WaiterID] = []
    private(set) var cancelled: [Operation] = []
    private(set) var abandoned: [Operation] = []
    private(set) var leaks: [(id: ConnectionID, age: Int64)] = []
    private(set) var outages = 0
    private(set) var outagesEnded = 0
    private(set) var report: ShutdownReport?
    private(set) var started = 0
    let hooks: DriverHooks

    init(hooks: DriverHooks = [.reset], seed: UInt64 = 1, _ configure: (inout PoolConfiguration) -> Void = { _ in }) {
        self.hooks = hooks
        let settings = Rig.settings(hooks, configure)
        slots.validation = settings.validation
        machine = PoolStateMachine(settings: settings, slots: slots, seed: seed, at: Simulation.origin)
        send(.started)
    }

    static func settings(_ hooks: DriverHooks, _ configure: (inout PoolConfiguration) -> Void) -> Settings {
        var configuration = PoolConfiguration()
        configuration.keepAliveInterval = nil
        configuration.validation = .never
        configure(&configuration)
        return Settings(configuration, hooks: hooks)
    }

    func send(_ event: MachineEvent, sourceLocation: SourceLocation = #_sourceLocation) {
        slots.now = now
        machine.handle(event, at: now)
        for action in machine.actions { note(action) }
        actions += machine.actions
        machine.actions.removeAll()
        #expect(machine.violations() == [], sourceLocation: sourceLocation)
        #expect(slots.breaches == [], sourceLocation: sourceLocation)
    }

    private func note(_ action: MachineAction) {
        switch action {
        case .grant(let id, _, let loan, _, _):
            #expect(grants[id] == nil && refusals[id] == nil, "a waiter is resolved once")
            grants[id] = loan
            granted.append(id)
        case .refuse(let id, let refusal, _):
            #expect(grants[id] == nil && refusals[id] == nil, "a waiter is resolved once")
            refusals[id] = refusal
        case .warmed(let id): warmed.append(id)
        case .suspectLeak(let id, _, let age): leaks.append((id, age))
        case .connect(let operation, _):
            connects.append(operation)
            started += 1
        case .validate(let operation, _): checks.append(operation)
        case .reset(let operation, _): resets.append(operation)
        case .prepare(let operation, _, _): preparations.append(operation)
        case .cancel(let operation): cancelled.append(operation)
        case .close(let operation, _, let reason, _, _):
            closes.append(operation)
            closeReasons.append(reason)
        case .abandon(let operation, _):
            abandoned.append(operation)
            connects.removeAll { $0 == operation }
            checks.removeAll { $0 == operation }
            closes.removeAll { $0 == operation }
            preparations.removeAll { $0 == operation }
            resets.removeAll { $0 == operation }
        case .outageBegan: outages += 1
        case .outageEnded: outagesEnded += 1
        case .shutDown(let report): self.report = report
        }
    }

    // MARK: Time

    /// Lets time pass, and delivers the timers that come due meanwhile. `each` runs after every one of them.
    func pass(_ span: Duration, each: () -> Void = {}) {
        let end = now + span.inNanoseconds
        while let due = machine.nextTimer, due <= end {
            now = Swift.max(now, due)
            send(.timer)
            each()
        }
        now = end
        slots.now = now
    }

    // MARK: Acquires and loans

    @discardableResult
    func acquire(
        within timeout: Duration = .seconds(30), level: Int = 1, waits: Bool = true, task: UInt = 0,
        isReturning: Bool = false, askedBefore: Duration = .zero
    ) -> WaiterID {
        let id = machine.reserveWaiter()
        send(
            .acquire(
                id,
                AcquireRequest(
                    deadline: now + timeout.inNanoseconds, level: level, waits: waits, isReturning: isReturning,
                    since: now + -askedBefore.inNanoseconds, task: task)))
        return id
    }

    func warm(within timeout: Duration = .seconds(30)) -> WaiterID {
        let id = machine.reserveWaiter()
        send(.warm(id, deadline: now + timeout.inNanoseconds))
        return id
    }

    func grant(of id: WaiterID) -> LoanID? { grants[id] }
    func refusal(of id: WaiterID) -> Refusal? { refusals[id] }

    /// A granted loan comes back.
    func release(_ id: WaiterID, _ outcome: ReturnOutcome = .ready, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let loan = grants[id] else {
            Issue.record("\(id) has no loan", sourceLocation: sourceLocation)
            return
        }
        release(loan, outcome, sourceLocation: sourceLocation)
    }

    func release(_ loan: LoanID, _ outcome: ReturnOutcome = .ready, sourceLocation: SourceLocation = #_sourceLocation) {
        guard slots.isCurrent(loan) else {
            Issue.record("\(loan) has ended", sourceLocation: sourceLocation)
            return
        }
        if outcome == .ready, slots.giveBack(loan.slot) { return }
        slots.comesBack(loan.slot)
        send(.released(loan.slot, outcome), sourceLocation: sourceLocation)
    }

    /// A checkout by the fast path, of any slot.
    func borrow() -> LoanID? {
        for slot in slots.slots.indices { if let loan = slots.borrow(slot, owner: 0) { return loan } }
        return nil
    }

    /// A loan as the shipped pool makes it: by the fast path if that has something, by the machine otherwise.
    func take(sourceLocation: SourceLocation = #_sourceLocation) -> LoanID {
        if let loan = borrow() { return loan }
        if let loan = grants[acquire()] { return loan }
        Issue.record("nothing to borrow", sourceLocation: sourceLocation)
        return .unpooled
    }

    // MARK: The driver

    func connect(_ index: Int = 0, well: Bool = true) {
        guard connects.indices.contains(index) else {
            Issue.record("no connect is in flight")
            return
        }
        let operation = connects.remove(at: index)
        send(well ? .connected(operation) : .connectFailed(operation))
    }

    /// Answers connects until none is in flight.
    func connectAll() { while !connects.isEmpty { connect() } }

    func check(well: Bool = true) { answer(next(of: &checks), well) }
    func reset(well: Bool = true) { answer(next(of: &resets), well) }
    func prepare(well: Bool = true) { answer(next(of: &preparations), well) }

    private func next(of calls: inout [Operation]) -> Operation? { calls.isEmpty ? nil : calls.removeFirst() }

    /// With no list in hand, since an answer may cause the next call of its kind.
    private func answer(_ operation: Operation?, _ well: Bool) {
        guard let operation else {
            Issue.record("no such call is in flight")
            return
        }
        send(well ? .succeeded(operation) : .failed(operation))
    }

    func closeAll() {
        while !closes.isEmpty {
            let operation = closes.removeFirst()
            send(.closed(operation))
        }
    }

    /// A pool with `count` open connections, all idle.
    func open(_ count: Int) {
        let ids = (0..<count).map { _ in acquire() }
        connectAll()
        for id in ids { release(id) }
        #expect(statistics.idle == count)
    }

    var statistics: PoolStatistics { machine.statistics }

    func apply(_ configure: (inout PoolConfiguration) -> Void) {
        let settings = Rig.settings(hooks, configure)
        slots.validation = settings.validation
        send(.applied(settings))
    }
}
