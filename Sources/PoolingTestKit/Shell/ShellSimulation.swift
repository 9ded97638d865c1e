import PoolingCore

/// One script, played: a whole pool, lock and tasks and all, on one thread in virtual time, with a driver whose calls end
/// as they like, tasks that borrow, wait, are cancelled and return, and an owner who turns every knob.
///
/// What can run at one moment runs in an order that the seed decides, and the shell is interrupted where it reads the
/// clock. The seed alone decides: the same one gives the same ``Trace`` in every process.
///
/// Sendable because everything runs on the thread that plays the script.
package final class ShellSimulation: @unchecked Sendable {
    package let script: ShellScript
    package let world: ShellWorld
    private(set) var pool: Pool<SimulatedDriver>?
    /// Steps that changed what the pool shows of itself.
    package internal(set) var changes = 0
    package internal(set) var steps = 0
    var previous = PoolStatistics()
    var clientsMade = 0
    var configuration: PoolConfiguration
    /// Told to those who called for it.
    var reports: [ShutdownReport] = []
    var shutdownCalls = 0
    /// The world's ``ShellWorld/lag`` when the end was asked for.
    var shutdownLag: Int64 = 0
    var shutdownDeadline = MonotonicInstant.distantFuture
    private var kept: PoolCore?
    /// No faults, and nobody new comes by itself.
    var hasHealed = false

    package init(script: ShellScript, keepsTrace: Bool = false, lie: ShellLie? = nil) {
        self.script = script
        configuration = script.configuration
        world = ShellWorld(script: script, keepsTrace: keepsTrace, lie: lie)
    }

    package var violation: String? { world.problems.first }

    package func describe() -> String {
        let span = (world.time.nanoseconds - ShellWorld.origin.nanoseconds) / 1000
        return "seed \(script.seed), step \(steps), +\(span) µs: \(violation ?? "all is well")"
    }

    /// Plays the script to its end, or to the first violation.
    package func run(_ mode: SimulationMode) {
        open()
        while violation == nil, steps < script.length, pool != nil, !(world.isEnding && reports.count == shutdownCalls)
        { advance() }
        if script.endsAbruptly, !world.isEnding { endAbruptly() }
        if violation == nil, mode != .safety, !world.isEnding { proveProgress() }
        if violation == nil { finish() }
        release()
    }

    func open() {
        noteLimits()
        world.onStall = { [unowned self] in _ = letTimePass() }
        let observers: [any PoolObserver] = script.isObserved ? [ShellObserver(world: world)] : []
        do {
            let pool = try Pool(
                SimulatedDriver(world: world, requiredHooks: script.hooks), name: "simulated",
                configuration: configuration, observers: observers, surroundings: world)
            world.core = pool.core
            if world.lie == .keepsThePool { kept = pool.core }
            self.pool = pool
        } catch {
            world.problem("the script's configuration was refused: \(error)")
        }
        if script.crowd > 0 { world.agenda.plan(.spontaneous, at: world.time) }
        if script.hasFaults { world.agenda.plan(.changeOfServer, at: world.time + world.dice.milliseconds(0, 100)) }
    }

    /// The owner's reference goes.
    func letGo() { pool = nil }

    // MARK: - Steps

    /// Lets somebody go on, or time pass if nobody can.
    func advance() {
        steps += 1
        if let victim = world.victims.popLast(), !hasHealed { cancel(victim) }
        if world.isAnyoneReady, !isSlow {
            world.runOne()
        } else {
            if !world.isAnyoneReady { checkRest() }
            guard violation == nil else { return }
            if !letTimePass(), !world.isAnyoneReady { world.problem("nothing will ever happen") }
        }
        check()
    }

    /// - Returns: false if nothing is planned.
    private func letTimePass() -> Bool {
        guard let next = world.agenda.next, let happening = world.agenda.take() else { return false }
        if world.isAnyoneReady || world.isPlaying { world.lag += Swift.max(0, next - world.time) }
        world.time = Swift.max(world.time, next)
        happen(happening)
        return true
    }

    /// Those who could go on get no processor at present.
    private var isSlow: Bool {
        let slowness = world.isEnding ? 10 * script.slowness : script.slowness
        guard world.dice.chance(perMille: slowness), let next = world.agenda.next else { return false }
        return next - world.time < 20_000_000
    }

    private func happen(_ happening: ShellWorld.Happening) {
        switch happening {
        case .timer(let weak, let deadline):
            world.timersFired += 1
            guard let core = weak.core else { return world.coverage.reached(.timerOfGonePool) }
            world.note(30, deadline.nanoseconds, "timer")
            core.timerFired(deadline)
        case .pauseEnds(let pause, let plan, let well):
            if pause.plan == plan { pause.end(well: well) }
        case .spontaneous: happenSpontaneously()
        case .changeOfServer:
            guard !hasHealed else { return }
            world.server.changePhase(&world.dice)
            world.note(31, 0, "the server is \(world.server.phase)")
            world.agenda.plan(.changeOfServer, at: world.time + world.dice.milliseconds(5, 400))
        case .cancel(let client): cancel(client)
        }
    }

    func cancel(_ client: ShellClient) {
        guard !client.isCancelled, let task = client.task else { return }
        client.isCancelled = true
        client.acquire?.wasCancelledWhenGranted = client.acquire?.isResumed ?? false
        world.note(32, Int64(client.number), "client \(client.number) is cancelled")
        world.cancel(task)
    }

    /// The time limits that driver calls of now may have.
    func noteLimits() {
        let c = configuration
        let limits = [c.connectTimeout, c.validationTimeout, c.resetTimeout, c.resetTimeout, c.closeTimeout]
        for (index, limit) in limits.enumerated() {
            world.longest[index] = Swift.max(world.longest[index], limit.inNanoseconds)
        }
        let idle: Int64 =
            switch c.validation {
            case .never: .max
            case .always: 0
            case .afterIdle(let limit): limit.inNanoseconds
            }
        world.longestIdle = Swift.max(world.longestIdle, idle)
    }
}
