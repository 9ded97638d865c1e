/// Every decision of the pool, as a value: growth, hand-over, validation, eviction, keep-alive, back-off, resize,
/// suspension, shutdown. ``handle(_:at:)`` takes what happened and when, and appends to ``actions`` what is to be done.
///
/// No clock, no I/O, no lock, no task, and no randomness but its own seeded generator, so that a replay is identical in
/// every process. The shipped pool and the simulator run this same code; only `Slots` differs.
///
/// Invariant that carries the fast path: **while anybody waits, no slot is delegated.** The first to wait recalls all
/// of them, idle ones at once and lent ones by a mark that their return honours; so nobody can overtake a waiter, and
/// no return can miss one.
package struct PoolStateMachine<Slots: DelegatedSlots> {
    package enum Phase: Sendable, Hashable {
        case running, shuttingDown, shutDown
    }

    /// What an operation that was told to stop gets before it is given up on: a driver that honours cancellation
    /// within it is never counted as abandoned.
    package static var cancellationGrace: Int64 { 100_000_000 }

    /// The same in a shutdown, which nobody else waits for a place in: a connect that ends politely a moment later is not
    /// counted against its driver. The shutdown's own deadline may come before.
    package static var farewellGrace: Int64 { 1_000_000_000 }

    package internal(set) var slots: Slots
    package internal(set) var settings: Settings
    /// To be drained by the caller after each ``handle(_:at:)``.
    package var actions: [MachineAction] = []
    package internal(set) var phase = Phase.running
    package internal(set) var isSuspended = false
    package internal(set) var isInOutage = false
    package internal(set) var generation: UInt64 = 0
    package internal(set) var counters = MachineCounters()
    package internal(set) var pacing = ConnectPacing()
    package internal(set) var waiters = WaiterQueue()
    package internal(set) var records: [ConnectionRecord] = []
    /// The task that holds a `.leased` connection, by slot; 0 if that is unknown, and in every other state. Apart from
    /// the records, since whoever comes to wait looks for itself in it.
    var owners: [UInt] = []

    var now: MonotonicInstant
    var wheel: TimingWheel
    var slotLists = IndexLists(lists: 3)
    var tally = StateTally()
    var growth = GrowthEstimate()
    var random: SplitMix64
    var nextConnectionID: UInt64 = 1
    var lastProved = MonotonicInstant(nanoseconds: .min)
    /// Connections that wait for their replacement.
    var retiringCount = 0
    /// When the next connection whose lifetime is over may be replaced.
    var nextTurn = MonotonicInstant(nanoseconds: .min)
    /// When loans are looked through for leaks.
    var nextLeakLook: MonotonicInstant?
    /// The fast path has nothing, so that the next loan is noticed.
    package internal(set) var isQuiet = false
    /// An acquire has ended the quiet: there may be timers that whoever carried it out does not know of.
    package var hasWoken = false
    /// Loans of all connections when spare ones were looked at.
    var usesAtLook = 0
    var shutdownDeadline: MonotonicInstant?
    var report = ShutdownReport()
    var shutdownBegan = MonotonicInstant(nanoseconds: 0)

    package init(settings: Settings, slots: Slots, seed: UInt64, at now: MonotonicInstant) {
        self.settings = settings
        self.slots = slots
        self.now = now
        random = SplitMix64(seed: seed)
        wheel = TimingWheel(now: now)
        wheel.reserve(Self.poolTimers)
    }

    /// Connections that are open and not on their way out.
    package var openCount: Int { tally.open }

    /// When ``MachineEvent/timer`` is due next; nil: not until something else happens.
    package var nextTimer: MonotonicInstant? { phase == .shutDown ? nil : wheel.nextDue }

    /// Whether the result of this operation is still wanted.
    package func isCurrent(_ operation: Operation) -> Bool {
        let slot = Int(operation.slot)
        guard slot < records.count, records[slot].operation == operation.number else { return false }
        switch records[slot].state {
        case .connecting, .checking, .preparing, .resetting, .closing: return true
        case .vacant, .delegated, .leased, .idle: return false
        }
    }

    /// Whether this operation was told to stop.
    package func isCancelling(_ operation: Operation) -> Bool {
        isCurrent(operation) && records[Int(operation.slot)].isCancelling
    }

    package mutating func reserveWaiter() -> WaiterID {
        let id = waiters.reserve()
        reserveTimer(ofWaiter: id)
        return id
    }

    mutating func reserveTimer(ofWaiter id: WaiterID) {
        let timer = Self.timer(ofWaiter: Int(id.index))
        if timer >= wheel.capacity { wheel.reserve(timer + 1) }
    }

    package mutating func handle(_ event: MachineEvent, at instant: MonotonicInstant) {
        now = Swift.max(now, instant)
        switch event {
        case .started: break
        case .acquire(let id, let request):
            if isQuiet { wake() }
            if acquire(id, request) { return }
        case .warm(let id, let deadline): warm(id, deadline: deadline)
        case .cancelled(let id): abandonWait(id, .cancelled)
        case .released(let slot, let outcome):
            if outcome == .ready, let grant = passOn(slot, at: instant) { return actions.append(grant.action) }
            released(slot, outcome)
        case .connected(let operation): connected(operation)
        case .connectFailed(let operation): connectFailed(operation)
        case .succeeded(let operation): succeeded(operation)
        case .failed(let operation): failed(operation)
        case .refused(let operation): preparationRefused(operation)
        case .closed(let operation): closed(operation)
        case .abandonedEnded: counters.abandoned = Swift.max(0, counters.abandoned - 1)
        case .timer: runTimers()
        case .applied(let settings): apply(settings)
        case .suspended: suspend()
        case .resumed: isSuspended = false
        case .recycled(let scope): recycle(scope)
        case .distrusted(let slot): distrust(slot)
        case .shutdown(let deadline): shutdown(deadline: deadline)
        }
        settle()
    }

    /// Brings the pool to rest after an event: waiters meet connections, and what is missing is asked for.
    mutating func settle() {
        guard phase == .running else {
            finishShutdownIfEmpty()
            return
        }
        if retiringCount > 0 { closeReplaced() }
        if !isSuspended {
            if waiters.hasQueued {
                recallDelegated()
                serve()
            }
            if !waiters.hasQueued { delegateIdle() }
        }
        if pacing.isFailing, !isSuspended { checkOutage() }
        grow()
        if waiters.hasWarming { serveWarming() }
    }
}

// MARK: - Timers

extension PoolStateMachine {
    static var poolTimers: Int { 8 }
    static func timer(ofSlot slot: Int) -> Int { poolTimers + 2 * slot }
    static func timer(ofWaiter index: Int) -> Int { poolTimers + 2 * index + 1 }

    mutating func schedule(_ timer: PoolTimer, at deadline: MonotonicInstant) {
        wheel.schedule(timer.rawValue, at: deadline)
    }

    mutating func runTimers() {
        while let index = wheel.popDue(at: now) {
            if index < Self.poolTimers {
                switch PoolTimer(rawValue: index) {
                case .shutdown: forceShutdown()
                case .shutdownGrace: abandonEverything()
                case .leak: lookForLeaks()
                case .spare: lookForUse()
                case .connectPacing, .growth, .outage, nil: break  // settle() looks at these
                }
            } else if index & 1 == 0 {
                slotTimer((index - Self.poolTimers) / 2)
            } else {
                waiterTimer((index - Self.poolTimers) / 2)
            }
        }
    }

    /// The deadline of whoever has this record now. Who is granted leaves its deadline behind, since almost all are and
    /// none of these comes; so it may be another's, which was earlier.
    private mutating func waiterTimer(_ index: Int) {
        let id = waiters.id(at: index)
        guard let waiter = waiters[id], waiter.state != .reserved else { return }
        if waiter.deadline > now { setDeadline(of: id, waiter.deadline) } else { abandonWait(id, .timedOut) }
    }

    /// When ``waiterTimer(_:)`` is to look at this waiter; earlier does no harm.
    mutating func setDeadline(of id: WaiterID, _ deadline: MonotonicInstant) {
        let timer = Self.timer(ofWaiter: Int(id.index))
        if !wheel.isScheduled(timer, noLaterThan: deadline) { wheel.schedule(timer, at: deadline) }
    }

    /// The deadline of whatever the connection is doing.
    private mutating func slotTimer(_ slot: Int) {
        switch records[slot].state {
        case .idle, .delegated: maintain(slot)
        case .connecting, .checking, .preparing, .resetting:
            if records[slot].isCancelling { abandon(slot) } else { cancelOperation(slot) }
        case .closing: abandon(slot)
        case .vacant, .leased: break
        }
    }
}

/// The lists that a slot may be in.
enum SlotList {
    static let vacant = 0
    static let idle = 1
    static let delegated = 2
}

/// The deadlines of the pool as a whole.
enum PoolTimer: Int, CaseIterable {
    case connectPacing, growth, outage, shutdown, shutdownGrace, spare, leak
}
