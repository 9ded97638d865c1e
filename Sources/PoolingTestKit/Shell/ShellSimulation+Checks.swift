import PoolingCore

// The invariants, as seen from outside.

extension ShellSimulation {
    /// After every step.
    func check() {
        guard let core = world.core else { return }
        for sentence in core.violations { world.problem(sentence) }
        let s = core.statistics
        if s != previous { check(s, after: previous) }
        if !world.isSuspended, s.checking > 0 {
            for client in world.clients { client.acquire?.sawChecking = true }
        }
    }

    private func check(_ s: PoolStatistics, after p: PoolStatistics) {
        changes += 1
        world.require(
            s.total <= Swift.max(s.max, p.max, p.total), "\(s.total) connections, \(s.max) allowed")
        world.require(
            s.acquired == s.released + UInt64(s.leased),
            "\(s.acquired) acquired, \(s.released) released, \(s.leased) leased do not add up")
        let open = UInt64(s.idle + s.leased + s.checking + s.resetting)
        world.require(
            s.connected == s.closed + s.detached + open,
            "\(s.connected) connected, \(s.closed) closed, \(s.detached) detached, \(open) open do not add up")
        checkCounters(s, p)
        previous = s
    }

    private func checkCounters(_ s: PoolStatistics, _ p: PoolStatistics) {
        let counters: [(String, UInt64, UInt64)] = [
            ("acquired", p.acquired, s.acquired),
            ("acquiredImmediately", p.acquiredImmediately, s.acquiredImmediately),
            ("released", p.released, s.released), ("timedOut", p.timedOut, s.timedOut),
            ("cancelled", p.cancelled, s.cancelled), ("rejected", p.rejected, s.rejected),
            ("connected", p.connected, s.connected), ("connectFailed", p.connectFailed, s.connectFailed),
            ("validationFailed", p.validationFailed, s.validationFailed), ("resets", p.resets, s.resets),
            ("detached", p.detached, s.detached), ("closed", p.closed, s.closed),
            ("generation", p.generation, s.generation),
        ]
        for (name, before, now) in counters {
            world.require(now >= before, "the counter \(name) went back from \(before) to \(now)")
        }
        world.require(
            s.acquired >= s.acquiredImmediately, "\(s.acquiredImmediately) of \(s.acquired) acquired immediately")
    }

    /// When nobody can go on: then what the pool says and what is must be the same.
    func checkRest() {
        for client in world.clients {
            guard let acquire = client.acquire else { continue }
            let late = world.time - acquire.deadline - (world.lag - acquire.lag)
            world.require(late <= 4 << 20, "client \(client.number) waits \(late) ns past its deadline")
            world.require(!client.isCancelled, "client \(client.number) waits though it was cancelled")
            world.require(!acquire.isResumed, "client \(client.number) was told its end and does not go on")
        }
        guard let core = world.core else { return }
        world.require(core.areCancelled, "a driver call whose time is up was not told to stop")
        let s = previous
        let overdue = world.calls.reduce(0) { $0 + (world.isOverdue($1) ? 1 : 0) }
        world.require(overdue <= s.abandoned, "\(overdue) calls are overdue, \(s.abandoned) were given up")
        let running = s.connecting + s.checking + s.resetting + s.closing + s.abandoned
        world.require(running == world.calls.count, "\(running) calls run, as the pool says; \(world.calls.count) do")
        let waiting = world.clients.reduce(0) { $0 + ($1.acquire?.isLoan == true ? 1 : 0) }
        world.require(s.waiting == waiting, "\(s.waiting) wait, as the pool says; \(waiting) do")
        if !world.isForced {
            world.require(s.leased == world.lentCount, "\(s.leased) leased, \(world.lentCount) are")
            world.require(s.idle == world.idleCount, "\(s.idle) idle, \(world.idleCount) are")
        }
        let ends = s.acquired + s.timedOut + s.cancelled + s.rejected
        let known = world.granted + world.refusals
        world.require(
            ends >= known && ends <= known + world.refusedAtOnce + world.lostAtShutdown + core.toldTooSoon,
            "\(ends) acquires have ended, as the pool says; \(known) have (and \(world.refusedAtOnce) at once)")
        noteAbandoned(s)
    }

    private func noteAbandoned(_ s: PoolStatistics) {
        guard s.abandoned > 0 else { return }
        for call in world.calls where world.isOverdue(call) {
            switch call.kind {
            case .connect: break
            case .validate: world.coverage.reached(.validateAbandoned)
            case .prepare: world.coverage.reached(.prepareAbandoned)
            case .reset: world.coverage.reached(.resetAbandoned)
            case .close: world.coverage.reached(.closeAbandoned)
            }
        }
    }
}

extension ShellWorld {
    var lentCount: Int { connections.reduce(0) { $0 + ($1.loan != nil && $1.stage == .open ? 1 : 0) } }
    var idleCount: Int {
        connections.reduce(0) { $0 + ($1.loan == nil && $1.call == nil && $1.stage == .open ? 1 : 0) }
    }
}
