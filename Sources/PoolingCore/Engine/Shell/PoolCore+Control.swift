internal import CPoolingShims
internal import Synchronization

// What the owner of the pool asks for.

extension SlotTable {
    /// What those who do not take the lock have to know.
    func publish(_ settings: Settings) {
        let limit: Int64 =
            switch settings.validation {
            case .never: .max
            case .always: -1
            case .afterIdle(let limit): limit
            }
        freshFor.store(limit, ordering: .relaxed)
        acquireTimeout.store(settings.acquireTimeout, ordering: .relaxed)
        followsChildTasks.store(settings.followsChildTasks, ordering: .relaxed)
    }
}

extension PoolCore {
    func start() { perform(.started) }

    var configuration: PoolConfiguration { state.withLock { $0.configuration } }

    /// The driver is foreign code and is asked without the lock. What it has seen is applied only to the configuration
    /// that it was made from: if somebody was faster, it is made and checked again.
    func apply(
        checkedBy driver: some PoolDriver, _ change: (inout PoolConfiguration) -> Void
    ) throws(PoolConfigurationError) {
        while true {
            let old = configuration
            var new = old
            change(&new)
            try new.validate()
            try driver.check(new)
            if let effects = exchange(old, with: new) {
                tell(.resized(min: new.min, max: new.max))
                return carryOut(effects)
            }
        }
    }

    /// - Returns: nil if the configuration is `old` no more.
    private func exchange(_ old: PoolConfiguration, with new: PoolConfiguration) -> Effects? {
        let now = self.now
        return state.withLock { state in
            guard state.configuration == old else { return nil }
            state.configuration = new
            let settings = state.settings(hooks)
            slots.publish(settings)
            state.machine.handle(.applied(settings), at: now)
            return state.takeEffects(port)
        }
    }

    func suspend() {
        perform(.suspended)
        tell(.suspended)
    }

    func resume() {
        perform(.resumed)
        tell(.resumed)
    }

    nonisolated(nonsending) func shutdown(within: Duration) async -> ShutdownReport {
        let now = self.now
        let deadline = now + max(0, within.inNanoseconds)
        return await withUnsafeContinuation { continuation in
            let (effects, isFirst) = state.withLock { state in
                let isFirst = state.machine.phase == .running
                state.shutdownCalls.append(continuation)
                state.machine.handle(.shutdown(deadline: deadline), at: now)
                return (state.takeEffects(port), isFirst)
            }
            if isFirst {
                tell(.shutdownBegan)
                endDependants()
            }
            carryOut(effects)
        }
    }

    /// The last reference to the pool has gone. What is open is closed in the background, and that is said once.
    func dropped() {
        guard !isShutDown else { return }
        tell(.dropped)
        if !events.wanted.contains(.pool) {
            pooling_warn("pool '\(identity.name)' was let go of without shutdown(); it closes in the background")
        }
        Task(executorPreference: surroundings?.executor) { [self] in _ = await shutdown(within: .seconds(5)) }
    }

    package var statistics: PoolStatistics {
        let useTime = slots.useTimes()
        // Both under the lock, so that no loan of the machine's is taken for one of the fast path.
        var s = state.withLock { state in
            var s = state.machine.statistics
            let (loans, counters) = (slots.loans(), state.machine.counters)
            let confirmed = loans.confirmed
            // The machine counts its own grants; every loan, by whatever path, raises its slot's count. One that has not
            // reached its borrower, or never did, is none yet.
            let fast = loans.given - min(loans.given, s.acquired + counters.unusedOfFastPath)
            let pending = s.acquired - min(s.acquired, counters.unused + confirmed)
            s.idle = max(0, s.idle + s.leased - loans.current)
            state.told.complete(
                &s, acquired: confirmed + fast, immediately: s.acquiredImmediately + fast,
                leased: loans.current - Int(pending))
            s.checking += loans.current - s.leased
            return s
        }
        s.useTime = useTime
        let timed = useTime.count
        if s.released > timed { s.useTime.buckets[0] += s.released - timed }
        return s
    }

    var health: PoolHealth {
        let (phase, isSuspended, isInOutage, isFailing, open, failure) = state.withLock { state in
            (
                state.machine.phase, state.machine.isSuspended, state.machine.isInOutage,
                state.machine.pacing.isFailing,
                state.machine.openCount, state.lastConnectError
            )
        }
        let cause = failure.map { "the last connect failed: \($0)" } ?? "connects fail"
        if phase != .running { return .down("the pool has been shut down") }
        if isSuspended { return .down("the pool is suspended") }
        if isInOutage || isFailing && open == 0 { return .down(cause) }
        if isFailing { return .degraded(cause) }
        return .ready
    }
}
