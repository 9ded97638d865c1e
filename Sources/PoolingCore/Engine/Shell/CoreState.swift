internal import ServiceContextModule
internal import Synchronization

/// What the pool's lock guards.
struct CoreState {
    var machine: PoolStateMachine<SlotTable>
    var configuration: PoolConfiguration
    /// By the waiter's index in the machine.
    var waits: [WaitPlace?] = []
    /// The running driver calls by slot.
    var tasks: [RunningCall?] = []
    /// The driver's latest call by slot.
    var begun: [BegunCall?] = []
    var lastConnectError: (any Error)?
    /// What the acquire whose preparation was refused is going to throw.
    var preparationError: (any Error)?
    /// When the process's timer will call this pool: the earliest last. A deadline is added only if it is earlier than
    /// all that are set, so there are few, and none is asked for twice.
    var timersSet: [MonotonicInstant] = []
    var shutdownCalls: [UnsafeContinuation<ShutdownReport, Never>] = []
    /// The end has been told.
    var hasEnded = false
    var wasContended = false
    /// Counters as they were told last.
    var told = ToldCounters()

    /// The driver did not declare its hooks, and its `prepare` was seen to be the default one.
    var preparesNothing = false
    /// `prepare` was called, and was not the default one.
    var hasPrepared = false

    func settings(_ hooks: DriverHooks) -> Settings {
        Settings(configuration, hooks: preparesNothing ? hooks.subtracting(.prepare) : hooks)
    }

    struct RunningCall {
        var operation: Operation
        var task: Task<Void, Never>
    }

    /// Turns the machine's actions into what can be done without the lock. References are taken out here and let go of
    /// there, so that no foreign `deinit` runs under the lock either.
    mutating func takeEffects(_ port: any DriverPort) -> Effects {
        var effects = Effects()
        if !machine.actions.isEmpty { translateActions(port, into: &effects) }
        noteTimer(into: &effects)
        noteContention()
        return effects
    }

    /// A connection that the machine passed on: nothing else has changed.
    mutating func takeEffects(of grant: PoolStateMachine<SlotTable>.Grant) -> Effects {
        var effects = Effects()
        end(grant.id, with: .granted(grant.loan, waited: grant.waited), into: &effects)
        noteContention()
        return effects
    }

    /// Somebody queued up, and nothing else has changed.
    mutating func takeEffectsOfQueueing() -> Effects {
        var effects = Effects()
        if machine.wheel.hasNewDeadline { noteTimer(into: &effects) }
        noteContention()
        return effects
    }

    private mutating func noteTimer(into effects: inout Effects) {
        machine.wheel.hasNewDeadline = false
        if let next = machine.nextTimer, next < timersSet.last ?? .distantFuture {
            timersSet.append(next)
            effects.more.timer = next
        }
    }

    private mutating func noteContention() {
        let isContended = machine.waiters.hasQueued
        if isContended != wasContended {
            wasContended = isContended
            machine.slots.isContended.store(isContended, ordering: .relaxed)
        }
    }

    private mutating func translateActions(_ port: any DriverPort, into effects: inout Effects) {
        for action in machine.actions {
            switch action {
            case .grant(let id, _, let loan, let waited, _):
                end(id, with: .granted(loan, waited: waited), into: &effects)
            case .refuse(let id, .unprepared, let waited):
                let cause = preparationError.take()
                end(id, with: cause.map(WaitOutcome.failed) ?? .refused(.unprepared, waited: waited), into: &effects)
            case .refuse(let id, let refusal, let waited):
                end(id, with: .refused(refusal, waited: waited), into: &effects)
            case .warmed(let id): end(id, with: .warmed, into: &effects)
            default: translate(action, port, into: effects.more)
            }
        }
        machine.actions.removeAll(keepingCapacity: true)
    }

    private mutating func translate(_ action: MachineAction, _ port: any DriverPort, into effects: FurtherEffects) {
        switch action {
        case .grant, .refuse, .warmed: break
        case .connect(let operation, let id):
            note(nil, operation)
            effects.calls.append(.connect(operation, id))
        case .validate(let operation, let id):
            note(.validate, operation)
            effects.calls.append(.validate(port.connection(in: Int(operation.slot)), operation, id))
        case .reset(let operation, let id):
            note(.reset, operation)
            effects.calls.append(.reset(port.connection(in: Int(operation.slot)), operation, id))
        case .prepare(let operation, let id, let waiter):
            note(.prepare, operation)
            let context = waits[Int(waiter.index)]?.wait.context
            effects.calls.append(
                .prepare(port.connection(in: Int(operation.slot)), operation, id, context ?? .topLevel))
        case .close(let operation, let id, let reason, let deadline, let age):
            // An abrupt one is closed under its borrower, who may be about to read it from its slot, which nothing but
            // the loan protects. It stays there; nothing else comes after a shutdown.
            let isTaken = machine.phase != .running && deadline <= machine.now
            let slot = Int(operation.slot)
            let connection = isTaken ? port.connection(in: slot) : port.removeConnection(from: slot)
            effects.calls.append(.close(connection, operation, id, reason, deadline, age: age))
        case .cancel(let operation):
            if let call = tasks[safely: Int(operation.slot)], call.operation == operation {
                effects.cancelled.append(call.task)
            }
            // If the connect ignores this, too, nobody will ever say why there was no connection (F69).
            if machine.phase == .running, machine.records[Int(operation.slot)].state == .connecting {
                if let before = lastConnectError.take() { effects.displaced.append(before) }
                lastConnectError = ConnectTimedOut(timeout: configuration.connectTimeout)
            }
        case .abandon(let operation, let id):
            let isLast = machine.phase != .running
            let connection = isLast ? nil : port.removeConnection(from: Int(operation.slot))
            effects.calls.append(.abandon(connection, id, meaning: eventsOfAbandoning(operation, id)))
        case .suspectLeak(let id, let slot, let age):
            effects.events.append(.leakSuspected(id, age: .nanoseconds(age), site: machine.slots.site(slot)))
        case .outageBegan: effects.events.append(.outageBegan)
        case .outageEnded: effects.events.append(.outageEnded)
        case .shutDown(let report):
            if !hasEnded { effects.events.append(.shutdownEnded(report)) }
            hasEnded = true
            effects.shutdown = report
            effects.shutdownCalls = shutdownCalls
            shutdownCalls = []
        }
    }

    private mutating func end(_ id: WaiterID, with outcome: WaitOutcome, into effects: inout Effects) {
        guard let place = waits[safely: Int(id.index)] else { return }
        waits[Int(id.index)] = nil
        end(place, with: outcome, into: &effects)
    }

    private func end(_ place: WaitPlace, with outcome: WaitOutcome, into effects: inout Effects) {
        guard let continuation = place.wait.continuation else { return }
        place.wait.continuation = nil
        var resumption = Effects.Resumption(
            continuation: continuation, outcome: outcome, isAcquire: place.wait.isAcquire)
        // Those who are granted are told of in their own task.
        if case .granted = outcome {} else { resumption.context = place.wait.context }
        effects.resume(resumption)
    }

    /// Of a wait that the machine does not know.
    func end(_ place: WaitPlace, with outcome: WaitOutcome) -> Effects {
        var effects = Effects()
        end(place, with: outcome, into: &effects)
        return effects
    }

    mutating func register(_ place: WaitPlace, as id: WaiterID) {
        let index = Int(id.index)
        while waits.count <= index { waits.append(nil) }
        waits[index] = place
        place.wait.id = id
    }

    /// Remembers a task, to be cancelled at its deadline.
    /// - Returns: false if that was asked for already, or nobody waits for its result any more.
    mutating func register(_ task: Task<Void, Never>, for operation: Operation) -> Bool {
        let slot = Int(operation.slot)
        while tasks.count <= slot { tasks.append(nil) }
        guard machine.isCurrent(operation) else { return false }
        tasks[slot] = RunningCall(operation: operation, task: task)
        return !machine.isCancelling(operation)
    }
}

extension Array {
    subscript<Wrapped>(safely index: Int) -> Wrapped? where Element == Wrapped? {
        indices.contains(index) ? self[index] : nil
    }
}
