import PoolingCore

// What must come to a good end: a pool whose faults have stopped, and a pool that is shut down.

extension Simulation {
    /// The faults stop; within bounded simulated time everybody has been served or refused, the size is right, and an
    /// acquire succeeds.
    func proveProgress() {
        hasHealed = true
        server.isHealed = true
        slots.aggression = 0
        if machine.isSuspended { deliver(.resumed) }
        let limit = now + 20_000_000_000
        advance(until: limit, what: "nobody waits and the size is right") {
            self.ledger.pending.isEmpty && self.ledger.lent == 0
                && self.ledger.open >= self.machine.settings.min && self.ledger.total <= self.machine.settings.max
        }
        guard violation == nil else { return }
        probe(until: now + 5_000_000_000)
        advance(until: limit + 20_000_000_000, what: "spare connections are there") {
            let statistics = self.machine.statistics
            let room = statistics.max - statistics.leased - statistics.checking - statistics.resetting
            return statistics.leased == 0 && statistics.idle >= Swift.min(statistics.minIdleGoal(self.machine), room)
        }
    }

    /// An acquire succeeds. While an outage lasts those before it are refused at once, and make the pool try.
    private func probe(until limit: MonotonicInstant) {
        let acquired = machine.counters.acquired
        while violation == nil, machine.counters.acquired == acquired {
            if now > limit { return ledger.problem("no progress: a probe acquire is not served") }
            let probe = acquire(AcquireRequest(deadline: limit + 5_000_000_000, since: now))
            agenda.plan(.spontaneous, at: now + 30_000_000)
            repeat { advance() } while violation == nil && now <= limit && ledger.isWaiting(probe)
        }
    }

    private func advance(until limit: MonotonicInstant, what: String, _ isDone: () -> Bool) {
        while violation == nil, !isDone() {
            if now > limit { return ledger.problem("no progress: not yet \(what)") }
            advance()
        }
    }

    /// Shutdown ends in time and leaves nothing (F61, F62).
    func finish() {
        if machine.phase == .running { beginShutdown() }
        while violation == nil, machine.phase != .shutDown { advance() }
        guard violation == nil else { return }
        ledger.require(shutdownReport != nil, "shutdown ended without a report")
        ledger.require(ledger.created == ledger.closed + ledger.detached, "not every connection was closed once")
        hasHealed = true
        _ = acquire(AcquireRequest(deadline: now + 1_000_000_000, since: now))
        while violation == nil, let planned = agenda.next, let happening = agenda.take() {
            now = Swift.max(now, planned)
            slots.now = now
            happen(happening)
        }
        ledger.require(ledger.pending.isEmpty, "\(ledger.pending.count) wait after the end")
        ledger.require(machine.nextTimer == nil || machine.phase == .shutDown, "a timer is left after the end")
    }
}

extension PoolStatistics {
    fileprivate func minIdleGoal(_ machine: PoolStateMachine<SimulatedSlots>) -> Int { machine.settings.minIdle }
}
