internal import ServiceContextModule
public import Synchronization

/// The pool around the state machine: owns the lock, carries out actions, decides nothing.
///
/// No callback, driver call, continuation resume, or release of a foreign reference happens under the lock. Not
/// generic; what it needs of the driver goes through ``DriverPort``.
@usableFromInline
package final class PoolCore: Sendable {
    @usableFromInline let slots: SlotTable
    /// Whether anybody listens. Nobody: events cost one load.
    @usableFromInline let isObserved: Atomic<Bool>
    /// Whether anybody wants to hear of loans that did not wait, and of the ends of loans.
    @usableFromInline let tellsLoans: Atomic<Bool>
    package let identity: PoolIdentity
    let port: any DriverPort
    let state: PoolLock<CoreState>
    let hooks: DriverHooks
    let events: EventHub
    let dependants = Mutex(Dependants())
    /// nil in every pool that is shipped.
    let surroundings: (any PoolSurroundings)?
    @usableFromInline let isSimulated: Bool

    init(
        _ port: any DriverPort, hooks: DriverHooks, name: String, configuration: PoolConfiguration,
        observers: [any PoolObserver], surroundings: (any PoolSurroundings)?
    ) {
        let number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
        let settings = Settings(configuration, hooks: hooks)
        self.port = port
        self.hooks = hooks
        identity = PoolIdentity(name: name, number: number)
        self.surroundings = surroundings
        isSimulated = surroundings != nil
        slots = SlotTable(offset: UInt32(truncatingIfNeeded: number), isSimulated: surroundings != nil)
        events = EventHub(observers, of: identity)
        isObserved = Atomic(!events.wanted.isEmpty)
        tellsLoans = Atomic(events.wanted.contains(.loans))
        let machine = PoolStateMachine(
            settings: settings, slots: slots, seed: surroundings?.draw() ?? UInt64.random(in: .min ... .max),
            at: surroundings?.now ?? .now)
        state = PoolLock(CoreState(machine: machine, configuration: configuration))
        slots.publish(settings)
    }

    private static let made = Atomic<UInt64>(0)

    package static func nextDefaultName() -> String { "pool-\(made.load(ordering: .relaxed) + 1)" }

    // MARK: - Events in, effects out

    /// Tells the machine what happened, and does what it says.
    func perform(_ event: MachineEvent) {
        let now = self.now
        carryOut(
            state.withLock { state in
                state.machine.handle(event, at: now)
                return state.takeEffects(port)
            })
    }

    func carryOut(_ effects: Effects) {
        if let first = effects.resumption { resume(first) }
        if let further = effects.further { carryOut(further) }
    }

    private func carryOut(_ effects: FurtherEffects) {
        for resumption in effects.resumptions { resume(resumption) }
        if let deadline = effects.timer {
            if let surroundings {
                surroundings.schedule(self, at: deadline)
            } else {
                ProcessTimer.shared.schedule(self, at: deadline)
            }
        }
        for task in effects.cancelled { task.cancel() }
        for call in effects.calls { start(call) }
        for event in effects.events {
            if case .leakSuspected(let id, let age, let site) = event { warn(ofLeak: id, age, site) }
            tell(event)
        }
        if let report = effects.shutdown {
            for call in effects.shutdownCalls { call.resume(returning: report) }
        }
    }

    private func resume(_ resumption: Effects.Resumption) {
        // Told first: once resumed, the borrower may be done before we are.
        if resumption.isAcquire, isObserved.load(ordering: .relaxed) { tell(resumption.outcome, resumption.context) }
        resumption.continuation.resume(returning: resumption.outcome)
    }

    private func start(_ call: FurtherEffects.Call) {
        let now = self.now
        func request(_ operation: Operation, _ id: ConnectionID) -> DriverCall {
            DriverCall(operation: operation, id: id, startedAt: now, core: self)
        }
        switch call {
        case .connect(let operation, let id):
            tell(.connectStarted(id))
            remember(port.connect(request(operation, id)), operation)
        case .validate(let connection, let operation, let id):
            guard let connection else { return }
            remember(port.validate(connection, request(operation, id)), operation)
        case .reset(let connection, let operation, let id):
            guard let connection else { return }
            remember(port.reset(connection, request(operation, id)), operation)
        case .prepare(let connection, let operation, let id, let context):
            guard let connection else { return }
            remember(port.prepare(connection, context: context, request(operation, id)), operation)
        case .close(let connection, let operation, let id, let reason, let deadline, let age):
            tell(.closed(id, reason, age: .nanoseconds(age)))
            guard let connection else { return perform(.closed(operation)) }
            port.close(connection, reason, deadline: deadline, request(operation, id))
        case .abandon(_, let id, let meaning):
            tell(.abandoned(id))
            for event in meaning { tell(event) }
        }
    }

    private func remember(_ task: Task<Void, Never>, _ operation: Operation) {
        if !state.withLock({ $0.register(task, for: operation) }) { task.cancel() }
    }

    /// The process's timer. Observers are foreign code, and must not hold up other pools' deadlines.
    package func timerFired(_ deadline: MonotonicInstant) {
        if isObserved.load(ordering: .relaxed) {
            Task(executorPreference: surroundings?.executor) { self.runTimers(deadline) }
        } else {
            runTimers(deadline)
        }
    }

    private func runTimers(_ deadline: MonotonicInstant) {
        let now = self.now
        carryOut(
            state.withLock { state in
                if let set = state.timersSet.lastIndex(of: deadline) { state.timersSet.remove(at: set) }
                state.machine.handle(.timer, at: now)
                return state.takeEffects(port)
            })
    }
}
