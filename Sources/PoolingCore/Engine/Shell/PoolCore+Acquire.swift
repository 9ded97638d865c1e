internal import CPoolingShims
internal import ServiceContextModule
internal import Synchronization

// Loans that do not go by the fast path.

extension PoolCore {
    /// A loan that is there now.
    ///
    /// - Returns: nil if it has to be waited for: ``wait(for:)``.
    /// - Throws: ``PoolError``.
    @usableFromInline
    func takeNow(_ request: AcquireRequest) throws(PoolError) -> LoanID? {
        // Where others wait there is nothing to be had at once: a hint only, the machine decides.
        guard !slots.isContended.load(ordering: .relaxed) else { return nil }
        var request = request
        request.waits = false
        switch acquireNow(request) {
        case .granted(let loan): return loan
        case .refused(let refusal): throw error(refusal, waited: 0)
        case .mustWait: return nil
        }
    }

    /// A loan, as soon as there is one.
    ///
    /// - Returns: the loan, not yet told to observers, and how long (ns) it was waited for.
    /// - Throws: ``PoolError``, `CancellationError`.
    @usableFromInline
    nonisolated(nonsending) func wait(for request: AcquireRequest) async throws -> (loan: LoanID, waited: Int64) {
        let place = WaitPlace.take(for: self, isAcquire: true)
        if hooks.contains(.prepare) || isObserved.load(ordering: .relaxed) { place.wait.context = .current }
        place.watchCancellation()
        let outcome = await withUnsafeContinuation { begin(place, request, $0) }
        place.ignoreCancellation()
        place.giveBack()
        switch outcome {
        case .granted(let loan, let waited):
            if pooling_current_task_is_cancelled() {
                // Served and cancelled at once: the next one takes it (F13).
                takeBackUnused(loan, .ready, wasFast: false)
                state.withLock { $0.machine.countUnqueuedCancellation() }
                tell(.acquireCancelled(waited: .nanoseconds(waited)))
                throw CancellationError()
            }
            return (loan, waited)
        case .refused(.cancelled, _), .cancelled: throw CancellationError()
        case .refused(let refusal, let waited): throw error(refusal, waited: waited)
        case .failed(let error): throw error
        case .warmed: throw error(.unavailable, waited: 0)
        }
    }

    private func begin(
        _ place: WaitPlace, _ request: AcquireRequest, _ continuation: UnsafeContinuation<WaitOutcome, Never>
    ) {
        let (effects, waiting) = state.withLock { state in
            place.wait.continuation = continuation
            guard !place.wait.isCancelled else {
                state.machine.countUnqueuedCancellation()
                return (state.end(place, with: .cancelled), 0)
            }
            if let id = state.machine.queueUp(request, at: request.since) {
                state.register(place, as: id)
                return (state.takeEffectsOfQueueing(), state.machine.waitingCount)
            }
            let id = state.machine.reserveWaiter()
            state.register(place, as: id)
            state.machine.handle(.acquire(id, request), at: request.since)
            let effects = state.takeEffects(port)
            return (effects, place.wait.continuation == nil ? 0 : state.machine.waitingCount)
        }
        if waiting > 0 { tell(.acquireWaited(waiting: waiting)) }
        carryOut(effects)
    }

    /// The task that waits was cancelled, or is going to wait and was. Late calls change nothing.
    func cancelled(_ place: WaitPlace) {
        let now = self.now
        carryOut(
            state.withLock { state in
                place.wait.isCancelled = true
                guard let id = place.wait.id else { return Effects() }
                state.machine.handle(.cancelled(id), at: now)
                return state.takeEffects(port)
            })
    }

    /// What an acquire asks the machine for.
    ///
    /// - Parameters:
    ///   - owner: the task of a scoped loan, or what stands for the loan where child tasks are followed; 0 for others.
    ///   - holds: the owners of loans that can't end before this acquire does, where child tasks are followed.
    @usableFromInline
    func request(
        _ timeout: Duration?, _ priority: WaiterPriority, owner: UInt, holds: [UInt]
    ) -> AcquireRequest {
        let since = now
        return AcquireRequest(
            deadline: deadline(timeout, since: since), level: Int(priority.level), since: since, task: owner,
            holds: holds)
    }

    /// The same once more, for one who was served by a connection that proved unfit: goes before those who wait now, and
    /// the way on which its deadline and its cancellation are looked at.
    @usableFromInline
    func again(_ request: AcquireRequest) -> AcquireRequest {
        var request = request
        request.isReturning = true
        return request
    }

    private func deadline(_ timeout: Duration?, since: MonotonicInstant) -> MonotonicInstant {
        since + (timeout?.inNanoseconds ?? slots.acquireTimeout.load(ordering: .relaxed))
    }

    enum Immediate {
        case granted(LoanID)
        case refused(Refusal)
        case mustWait
    }

    /// What can be had without waiting.
    func acquireNow(_ request: AcquireRequest) -> Immediate {
        let (result, effects): (Immediate, Effects?) = state.withLock { state in
            if state.machine.settings.prepares, !request.skipsPreparation { return (.mustWait, nil) }
            let result = state.lendNow(request)
            guard state.machine.hasWoken else { return (result, nil) }
            state.machine.hasWoken = false
            return (result, state.takeEffects(port))
        }
        if let effects { carryOut(effects) }
        if case .refused(let refusal) = result, isObserved.load(ordering: .relaxed) {
            tell(WaitOutcome.refused(refusal, waited: 0))
        }
        return result
    }

    /// A loan that is there, or none.
    ///
    /// `prepare` may suspend, so it can't be run here: a driver that says it has one has nothing available this way,
    /// and one that does not say is believed to have none until one is seen.
    @usableFromInline
    func acquireIfAvailable() -> LoanID? {
        let now = self.now
        var request = AcquireRequest(deadline: .distantFuture, waits: false, since: now)
        request.skipsPreparation = state.withLock { hooks.contains(.undeclared) && !$0.hasPrepared }
        guard case .granted(let loan) = acquireNow(request) else { return nil }
        return loan
    }

    /// A loan comes back by the lock.
    @usableFromInline
    func release(_ loan: LoanID, _ outcome: ReturnOutcome) { release(loan, outcome, wasUsed: true) }

    /// A loan ends before its borrower has seen it.
    @usableFromInline
    func takeBackUnused(_ loan: LoanID, _ outcome: ReturnOutcome, wasFast: Bool) {
        state.withLock { $0.machine.countUnused(wasFast: wasFast) }
        release(loan, outcome, wasUsed: false)
    }

    private func release(_ loan: LoanID, _ outcome: ReturnOutcome, wasUsed: Bool) {
        if wasUsed, outcome == .ready, checkinSimulated(loan) { return }
        let now = self.now
        carryOut(
            state.withLock { state in
                // A token that is not the present loan's changes nothing (F51).
                guard slots.takeBack(loan, at: now, wasUsed: wasUsed) else { return Effects() }
                if outcome == .ready, let grant = state.machine.passOn(loan.slot, at: now) {
                    return state.takeEffects(of: grant)
                }
                state.machine.handle(.released(loan.slot, outcome), at: now)
                return state.takeEffects(port)
            })
    }

    /// An error of this loan's body says that all connections of its generation are unfit.
    @usableFromInline
    func distrust(_ loan: LoanID) { perform(.distrusted(slot: loan.slot)) }

    nonisolated(nonsending) func warmUp(timeout: Duration?) async throws {
        let began = now
        let deadline = deadline(timeout, since: began)
        let place = WaitPlace.take(for: self, isAcquire: false)
        place.watchCancellation()
        let outcome = await withUnsafeContinuation { (continuation: UnsafeContinuation<WaitOutcome, Never>) in
            carryOut(
                state.withLock { state in
                    place.wait.continuation = continuation
                    guard !place.wait.isCancelled else { return state.end(place, with: .cancelled) }
                    let id = state.machine.reserveWaiter()
                    state.register(place, as: id)
                    state.machine.handle(.warm(id, deadline: deadline), at: began)
                    return state.takeEffects(port)
                })
        }
        place.ignoreCancellation()
        place.giveBack()
        switch outcome {
        case .warmed, .granted: return
        case .refused(.cancelled, _), .cancelled: throw CancellationError()
        case .refused(.timedOut, let waited):
            let failed = state.withLock { $0.lastConnectError != nil }
            throw error(failed ? .outage : .timedOut, waited: waited)
        case .refused(let refusal, let waited): throw error(refusal, waited: waited)
        case .failed(let error): throw error
        }
    }

    private func oldestHolders(_ limit: Int, in state: borrowing CoreState) -> [PoolError.Holder] {
        state.machine.oldestLoans(limit).map {
            PoolError.Holder(connection: $0.id, age: .nanoseconds($0.age), site: slots.site($0.slot))
        }
    }

    /// The sentence for a refusal, with the pool as it is (F69).
    func error(_ refusal: Refusal, waited: Int64) -> PoolError {
        let code: PoolError.Code =
            switch refusal {
            case .timedOut, .cancelled, .unavailable: .acquireTimedOut
            case .queueFull: .queueFull
            case .suspended: .suspended
            case .shutDown: .shutDown
            case .outage: .connectFailed
            case .nested: .nestedAcquireWouldDeadlock
            case .unprepared: .refusedByDriver
            }
        let (cause, holders, isSuspended) = state.withLock {
            ($0.lastConnectError, oldestHolders(3, in: $0), $0.machine.isSuspended)
        }
        let tellsCause = refusal != .shutDown && refusal != .suspended
        return PoolError(
            code, pool: identity.name, waited: .nanoseconds(waited), statistics: statistics,
            isSuspended: isSuspended, lastConnectError: tellsCause ? cause : nil,
            holders: refusal == .timedOut || refusal == .nested || refusal == .queueFull ? holders : [])
    }
}

extension CoreState {
    /// A request that does not wait is answered at once, and by one action.
    mutating func lendNow(_ request: AcquireRequest) -> PoolCore.Immediate {
        let id = machine.reserveWaiter()
        machine.handle(.acquire(id, request), at: request.since)
        switch machine.actions.popLast() {
        case .grant(_, _, let loan, _, _): return .granted(loan)
        case .refuse(_, .unavailable, _): return .mustWait
        case .refuse(_, let refusal, _): return .refused(refusal)
        default: return .mustWait
        }
    }
}
