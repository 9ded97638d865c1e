import PoolingCore

// What must come to a good end: a pool whose faults have stopped, and a pool that is shut down.

extension ShellSimulation {
    /// The faults stop; within bounded virtual time everybody has been served or refused, a newcomer is served, and
    /// then the pool is at rest.
    func proveProgress() {
        guard let pool else { return }
        proveService()
        guard violation == nil else { return }
        var quiet = configuration
        (quiet.min, quiet.max) = (Swift.min(quiet.min, 3), Swift.max(quiet.max, 3))
        (quiet.idleTimeout, quiet.maxLifetime, quiet.keepAliveInterval) = (nil, nil, nil)
        apply(quiet, to: pool)
        advance(within: 20, what: "the size is right") {
            previous.total == previous.idle && previous.idle >= quiet.min && previous.idle >= quiet.minIdle
                && previous.abandoned == 0
        }
        guard violation == nil else { return }
        proveQuiet()
    }

    /// The faults stop, everybody is served or refused, and so is a newcomer.
    func proveService() {
        guard let pool else { return }
        world.note(42, 0, "the faults stop")
        hasHealed = true
        world.server.isHealed = true
        for connection in world.connections where connection.loan == nil && connection.condition == .broken {
            connection.condition = .suspect
        }
        world.endCalls()
        if world.isSuspended { resume(pool) }
        advance(within: 20, what: "everybody is done") { world.clients.isEmpty }
        probe()
    }

    /// An acquire succeeds. While an outage lasts those before it are refused at once.
    private func probe() {
        let limit = world.time + 5_000_000_000
        let served = world.granted
        while violation == nil, world.granted == served {
            if world.time > limit { return world.problem("no progress: a probe acquire is not served") }
            startClient(.scope, timeout: .seconds(5))
            advance(within: 6, what: "the probe is done") { world.clients.isEmpty }
            let pause = Pause()
            world.agenda.plan(.pauseEnds(pause, plan: 0, well: true), at: world.time + 30_000_000)
            advance(within: 1, what: "time has passed") { pause.isWell != nil }
        }
    }

    /// An idle pool that has nothing to look after wakes nobody.
    private func proveQuiet() {
        guard previous.leased == 0, previous.waiting == 0 else { return }
        let settled = Pause()
        world.agenda.plan(.pauseEnds(settled, plan: 0, well: true), at: world.time + 3_600_000_000_000)
        advance(within: 3700, what: "what was set is over") { settled.isWell != nil }
        let fired = world.timersFired
        let end = Pause()
        world.agenda.plan(.pauseEnds(end, plan: 0, well: true), at: world.time + 3_600_000_000_000)
        advance(within: 3700, what: "an hour is over") { end.isWell != nil }
        world.require(world.timersFired == fired, "an idle pool woke \(world.timersFired - fired) times in an hour")
        world.coverage.reached(.quietPool)
    }

    private func advance(within seconds: Int64, what: String, _ isDone: () -> Bool) {
        advance(until: world.time + seconds * 1_000_000_000, what: what, isDone)
    }

    private func advance(until limit: MonotonicInstant, what: String, _ isDone: () -> Bool) {
        while violation == nil, !isDone() {
            if world.time > limit { return world.problem("no progress: not yet \(what)") }
            advance()
        }
    }

    /// The end comes in time, and leaves nothing (F61, F62).
    func finish() {
        guard pool != nil, !script.isDropped || world.isEnding else { return finishDropped() }
        if let pool, !world.isEnding { shutDown(pool) }
        advance(within: 20, what: "the shutdown has returned") { reports.count == shutdownCalls }
        guard violation == nil else { return }
        startClient(.scope)
        hasHealed = true
        world.server.isHealed = true
        world.endCalls()
        advance(within: 20, what: "everything has ended") { isOver }
        guard violation == nil else { return }
        if let s = pool?.statistics { world.require(s.total == 0 && s.abandoned == 0, "after the end: \(s)") }
        letGo()
        proveGone()
    }

    /// A pool that nobody holds closes by itself.
    private func finishDropped() {
        if pool != nil { drop() }
        hasHealed = true
        world.server.isHealed = true
        world.endCalls()
        advance(within: 40, what: "the pool that was let go of has closed") { isOver }
        proveGone()
    }

    private var isOver: Bool {
        world.clients.isEmpty && world.calls.isEmpty && !world.isAnyoneReady
            && !world.connections.contains { $0.stage == .open }
    }

    private func proveGone() {
        guard violation == nil else { return }
        world.require(
            world.connections.count == world.closed + world.detached, "not every connection was closed once")
        if script.isObserved { for sentence in world.told.leftOpen { world.problem(sentence) } }
        world.require(world.core == nil, "somebody holds the pool after its end")
        world.require(world.connecting == 0, "a connect goes on after the end")
        // Timers that were set for the pool find nobody.
        advance(until: .distantFuture, what: "") { world.agenda.next == nil }
    }

    /// What waits for ever is told to end, so that its memory is freed.
    func release() {
        guard violation == nil else { return letGo() }
        letGo()
        while world.isAnyoneReady { world.runOne() }
    }
}
