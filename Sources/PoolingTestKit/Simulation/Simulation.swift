package import PoolingCore

/// One script, played: the shipped state machine under a virtual clock, a fake server, tasks that borrow, wait, are
/// cancelled and return, an owner who turns every knob, and an adversary on the fast path. After every event the
/// invariants of the pool are checked against an independent ``Ledger``.
///
/// A script is a function of its seed alone: the same seed gives the same ``Trace`` in every process.
///
/// Played by one thread; `@exclusivity(unchecked)`, here and in what belongs to it, since the checks of each access took
/// a quarter of the time.
package final class Simulation {
    /// What is planned.
    package enum Happening {
        case spontaneous
        case callEnds(Operation, serial: Int, well: Bool)
        case abandonedCallEnds(serial: Int)
        case loanEnds(LoanID)
        case cancel(WaiterID)
        case changeOfServer
        /// Indirect: it is rare, and larger than all others.
        indirect case reacquire(AcquireRequest)
    }

    /// A driver call in flight.
    struct Call {
        var serial: Int
        var kind: DriverCall
        var operation: Operation
        var id: ConnectionID
        var started: MonotonicInstant
        var waiter: WaiterID?
        /// Started in a row of failures.
        var isProbe = false
        var isCancelled = false
        /// When the pool must have given it up.
        var limit: MonotonicInstant
    }

    /// A loan, as its borrower sees it.
    struct Loan {
        var id: LoanID
        var task: UInt
        var outcome: ReturnOutcome
        var level = 1
    }

    package static let origin = MonotonicInstant(nanoseconds: 3_600_000_000_000)
    /// How late a timer event may come.
    static let timerSlack: Int64 = 1 << 19
    static let tick: Int64 = 1 << 20

    package let script: Script
    @exclusivity(unchecked) package internal(set) var now = Simulation.origin
    @exclusivity(unchecked) package internal(set) var machine: PoolStateMachine<SimulatedSlots>
    package let slots: SimulatedSlots
    package let ledger = Ledger()
    @exclusivity(unchecked) package internal(set) var trace: Trace
    @exclusivity(unchecked) package internal(set) var coverage = Coverage<RareBranch>()
    /// Events that changed the machine's state.
    @exclusivity(unchecked) package internal(set) var changes = 0
    /// Events.
    @exclusivity(unchecked) package internal(set) var steps = 0

    @exclusivity(unchecked) var dice: Dice
    @exclusivity(unchecked) var server: SimulatedServer
    @exclusivity(unchecked) var agenda = Agenda<Happening>()
    /// By slot.
    @exclusivity(unchecked) var calls: [Call?] = []
    @exclusivity(unchecked) var abandonedCalls: [Call] = []
    @exclusivity(unchecked) var loans: [Loan?] = []
    /// The loan that was reported last, by slot.
    @exclusivity(unchecked) var reportedLeaks: [Int: UInt64] = [:]
    @exclusivity(unchecked) var serials = 0
    @exclusivity(unchecked) var tasks: UInt = 1000
    /// Operations that have ended, to be delivered again.
    @exclusivity(unchecked) var endedOperations: [Operation] = []
    @exclusivity(unchecked) var endedWaiters: [WaiterID] = []
    /// The preparation whose refusal is being delivered.
    @exclusivity(unchecked) var refusing: Operation?
    /// Loans of the fast path, which the machine does not count.
    @exclusivity(unchecked) var fastAcquired: UInt64 = 0
    @exclusivity(unchecked) var fastReleased: UInt64 = 0
    @exclusivity(unchecked) var timerAt: MonotonicInstant?
    @exclusivity(unchecked) var hasHealed = false
    @exclusivity(unchecked) var shutdownDeadline: MonotonicInstant?
    @exclusivity(unchecked) var shutdownReport: ShutdownReport?
    @exclusivity(unchecked) var checker = Checker()
    @exclusivity(unchecked) var startedConnects = 0
    /// The adversary acted during the event.
    @exclusivity(unchecked) var hadInterference = false

    let lie: Lie?

    package init(script: Script, keepsTrace: Bool = false, lie: Lie? = nil) {
        self.lie = lie
        self.script = script
        var dice = Dice(seed: script.seed)
        slots = SimulatedSlots(dice: Dice(seed: dice.word()))
        slots.aggression = script.aggression
        slots.lie = lie
        slots.validation = script.settings.validation
        machine = PoolStateMachine(
            settings: script.settings, slots: slots, seed: dice.word(), at: Simulation.origin)
        server = SimulatedServer(connectTime: script.connectTime, callTime: script.callTime)
        trace = Trace(keepsLines: keepsTrace)
        ledger.mostUses = script.settings.maxUses
        self.dice = dice
    }

    /// What is wrong, once something is.
    package var violation: String? { ledger.problems.first ?? slots.breaches.first }

    /// Plays the script to its end, or to the first violation.
    package func run(_ mode: SimulationMode) {
        start()
        while violation == nil, steps < script.length, machine.phase != .shutDown { advance() }
        if violation == nil, mode != .safety, machine.phase == .running { proveProgress() }
        if violation == nil { finish() }
    }

    package func start() {
        deliver(.started)
        agenda.plan(.spontaneous, at: now)
        if script.hasFaults { agenda.plan(.changeOfServer, at: now + dice.milliseconds(0, 100)) }
    }

    /// Goes to whatever comes next: a timer of the machine, or something planned.
    package func advance() {
        let planned = agenda.next
        if let due = timerDue(), due <= (planned ?? .distantFuture) {
            now = Swift.max(now, due)
            timerAt = nil
            slots.now = now
            deliver(.timer)
        } else if let planned, let happening = agenda.take() {
            now = Swift.max(now, planned)
            slots.now = now
            happen(happening)
        } else {
            ledger.problem("nothing will ever happen, minIdle \(machine.settings.minIdle): \(machine.statistics)")
        }
    }

    /// The machine's next timer, delivered a little late.
    private func timerDue() -> MonotonicInstant? {
        guard let next = Self.nextTimer(&machine) else { return nil }
        let slack = lie == .delaysTimers ? 5 * Self.tick : Self.timerSlack
        if let chosen = timerAt, chosen >= next, chosen.nanoseconds <= next.nanoseconds + slack { return chosen }
        timerAt = next + (lie == .delaysTimers ? slack : dice.chance(50) ? 0 : dice.span(0, slack))
        return timerAt
    }

    /// Hands one event to the machine, does what it asks for, and checks everything.
    package func deliver(_ event: MachineEvent) {
        steps += 1
        trace.event(event, at: now, step: steps)
        let recycled = scopeOfRecycling(event)
        machine.handle(event, at: now)
        settleInterferences()
        if let recycled { ledger.recycled(recycled) }
        let actions = machine.actions
        machine.actions.removeAll(keepingCapacity: true)
        for action in actions {
            trace.action(action)
            perform(action)
        }
        check(event, actions)
    }

    /// What the event makes stale, found out before the machine has seen it.
    private func scopeOfRecycling(_ event: MachineEvent) -> RecycleScope? {
        guard machine.phase == .running else { return nil }
        if case .recycled(let scope) = event { return scope }
        if case .distrusted(let slot) = event, ledger.connection(of: slot)?.generation == ledger.generation {
            return .all
        }
        return nil
    }

    package func describe() -> String {
        """
        seed \(script.seed), step \(steps), +\((now.nanoseconds - Self.origin.nanoseconds) / 1000) µs: \
        \(violation ?? "all is well")
        """
    }
}

/// What a script is to show.
package enum SimulationMode: String, Sendable, Hashable, CaseIterable {
    /// Nothing bad happens, whatever happens.
    case safety
    /// After the faults have stopped, something good happens.
    case liveness
    case both
}
