import CPoolingShims
package import PoolingCore

/// The world around a simulated pool: virtual time, one thread, a server, and everything that is known of them.
///
/// Sendable because everything runs on the thread that plays the script.
package final class ShellWorld: @unchecked Sendable {
    enum Happening {
        case timer(WeakCore, MonotonicInstant)
        case pauseEnds(Pause, plan: Int, well: Bool)
        case spontaneous
        case changeOfServer
        case cancel(ShellClient)
    }

    struct WeakCore {
        weak var core: PoolCore?
    }

    package static let origin = MonotonicInstant(nanoseconds: 3_600_000_000_000)

    let script: ShellScript
    let lie: ShellLie?
    let scheduler = SimulatedExecutor()
    var time = ShellWorld.origin
    var dice: Dice
    var agenda = Agenda<Happening>()
    var server: SimulatedServer
    /// How each kind of call goes, if not as the server says.
    var outcomes: [ShellMatrix.Outcome]?
    var outcomesAsked: Set<Int> = []
    package internal(set) var trace: Trace
    package internal(set) var coverage = Coverage<ShellBranch>()
    package private(set) var problems: [String] = []

    // Connections, as the driver sees them.
    var connections: [SimulatedConnection] = []
    var connecting = 0
    var calls: [CallInFlight] = []
    /// Closed by the driver, or the owner's after a detach.
    var closed = 0
    var detached = 0

    // Borrowers.
    var clients: [ShellClient] = []
    private var clientsByTask: [UInt: ShellClient] = [:]
    /// Grows with everything that has to be told apart by when it happened.
    private var order = 0
    /// To be cancelled between the decision and their next step.
    var victims: [ShellClient] = []
    var timersFired = 0
    /// The largest time limits that the pool has had.
    var longest: [Int64] = [0, 0, 0, 0, 0]
    /// How long a connection may have been idle at most when it is lent unseen, under any setting so far.
    var longestIdle: Int64 = 0
    weak var core: PoolCore?
    var acquires: UInt64 = 0
    var granted: UInt64 = 0
    var refusals: UInt64 = 0
    var refusedAtOnce: UInt64 = 0
    var lostAtShutdown: UInt64 = 0
    var warmed: UInt64 = 0
    var jobs = 0
    var isSuspended = false
    var isToldOutage = false
    var told = ToldEvents()
    var isDropped = false
    /// The pool was told to end.
    var isEnding = false {
        didSet { endingSince = time }
    }
    /// What runs when a shutdown begins is told to stop, and has a second for it.
    private var endingSince: MonotonicInstant?
    /// From then on loans may be ended by force.
    var forcedFrom = MonotonicInstant.distantFuture

    /// How much time has passed while somebody could have gone on.
    var lag: Int64 = 0
    /// Lets time pass in the midst of a task.
    var onStall: () -> Void = {}
    private var depth = 0
    /// The runtime holds a lock of its own; a task that needed it would wait for this very thread.
    private var isCancelling = false

    struct CallInFlight {
        var kind: DriverCall
        var pause: Pause
        /// When the pool must have given it up.
        var limit: MonotonicInstant
        /// ``lag`` when it began.
        var lag: Int64
        var isCancelled = false
    }

    package init(script: ShellScript, keepsTrace: Bool, lie: ShellLie? = nil) {
        self.script = script
        self.lie = lie
        dice = Dice(seed: script.seed)
        server = SimulatedServer(connectTime: script.connectTime, callTime: script.callTime)
        trace = Trace(keepsLines: keepsTrace)
        scheduler.onEnqueue = { [unowned self] in
            becameReady($0)
            if script.preemptsResumptions { preempt() }
        }
    }

    package func problem(_ sentence: String) { problems.append(sentence) }

    package func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        if !condition { problems.append(sentence()) }
    }

    /// The pool must have given it up.
    func isOverdue(_ call: CallInFlight) -> Bool {
        let farewell = endingSince.map { $0 + PoolStateMachine<SlotTable>.farewellGrace + 4 << 20 } ?? call.limit
        return time - Swift.max(call.limit, farewell) > lag - call.lag
    }

    func nextOrder() -> Int {
        order += 1
        return order
    }

    func note(_ kind: UInt64, _ number: Int64, _ text: @autoclosure () -> String) { note(kind, number, 0, text()) }

    func note(_ kind: UInt64, _ a: Int64, _ b: Int64, _ text: @autoclosure () -> String) {
        trace.mix(kind, a, b)
        trace.mix(UInt64(bitPattern: time.nanoseconds))
        trace.line("+\((time.nanoseconds - Self.origin.nanoseconds) / 1000) µs  \(text())")
    }

    // MARK: - The thread

    var isPlaying: Bool { depth > 0 }
    var isAnyoneReady: Bool { !scheduler.ready.isEmpty }

    /// Lets one task go on until it waits.
    func runOne() {
        let index = dice.below(scheduler.ready.count)
        trace.mix(1, Int64(index), Int64(scheduler.ready.count))
        let ready = scheduler.take(at: index)
        depth += 1
        jobs += 1
        scheduler.run(ready)
        depth -= 1
        guard let client = clientsByTask[ready.task], let acquire = client.acquire, !acquire.isResumed else { return }
        acquire.queued = acquire.queued ?? acquire.place ?? nextOrder()
    }

    /// Another task is let through in the midst of this one.
    func preempt() {
        guard !isCancelling, depth == 1, isAnyoneReady, dice.chance(script.preemption) else { return }
        coverage.reached(.preempted)
        for _ in 0...dice.below(3) where isAnyoneReady { runOne() }
        // Whoever is interrupted may find another time when it goes on.
        if dice.chance(10), let next = agenda.next, next - time < 5_000_000 { onStall() }
    }

    /// Cancels a task. Handlers run inside of this.
    func cancel(_ task: Task<Void, Never>) {
        let before = isCancelling
        isCancelling = true
        task.cancel()
        isCancelling = before
    }

    /// Foreign code may call the pool; under the pool's lock that would never return (F10).
    func reenter() {
        guard dice.chance(perMille: 30), let core else { return }
        coverage.reached(.reentered)
        _ = core.statistics
    }

    // MARK: - Borrowers

    var client: ShellClient? { clientsByTask[pooling_current_task()] }

    func register(_ client: ShellClient) { clientsByTask[pooling_current_task()] = client }

    func unregister(_ client: ShellClient) {
        clientsByTask[pooling_current_task()] = nil
        clients.removeAll { $0 === client }
    }

    /// A task can go on. For a borrower who waits this is the moment at which it was decided what it gets.
    private func becameReady(_ task: UInt) {
        guard let client = clientsByTask[task], let acquire = client.acquire, !acquire.isResumed else { return }
        acquire.isResumed = true
        if dice.chance(perMille: 20) { victims.append(client) }
        guard let queued = acquire.queued, !acquire.wasUnfit else { return }
        // A task that is interrupted on its way is seen to wait later than it began to.
        acquire.overtaken = overtaken(by: acquire, script.preemption == 0 ? queued : acquire.began)
    }

    /// Somebody of at least its priority who began to wait earlier and waits still (F7).
    func overtaken(by acquire: ShellAcquire, _ began: Int) -> Int? {
        guard !script.hooks.contains(.prepare), !script.preemptsResumptions else { return nil }
        for other in clients {
            guard let waiting = other.acquire, waiting !== acquire, !waiting.isResumed, waiting.isLoan else { continue }
            if let queued = waiting.queued, queued < began, waiting.level <= acquire.level { return other.number }
        }
        return nil
    }
}

extension ShellWorld: PoolSurroundings {
    package var now: MonotonicInstant {
        let now = time
        preempt()
        return now
    }

    package var coarseNow: MonotonicInstant {
        MonotonicInstant(nanoseconds: time.nanoseconds / script.coarseTick * script.coarseTick)
    }

    package func schedule(_ core: PoolCore, at deadline: MonotonicInstant) {
        // Whoever sleeps until a moment wakes a little after it.
        if lie == .losesTimers, dice.chance(20) { return }
        let late = lie == .delaysTimers ? 20_000_000 : dice.chance(50) ? 0 : dice.span(0, 500_000)
        let due = MonotonicInstant(nanoseconds: Swift.max(deadline.nanoseconds, time.nanoseconds)) + late
        agenda.plan(.timer(WeakCore(core: core), deadline), at: due)
    }

    package var executor: any TaskExecutor { scheduler }

    package func draw() -> UInt64 { dice.word() }

    package func passedFastPath(_ loan: LoanID, isReturn: Bool) {
        coverage.reached(isReturn ? .fastCheckin : .fastCheckout)
        note(2, Int64(loan.slot), isReturn ? 1 : 0, isReturn ? "fast return of \(loan)" : "fast loan \(loan)")
        if !isReturn { client?.acquire?.isFast = true }
    }
}
