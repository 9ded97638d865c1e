internal import ServiceContextModule
internal import Synchronization

// Loans that do not go by the fast path.

extension PoolCore {
    /// A loan, as soon as there is one.
    ///
    /// - Parameters:
    ///   - owner: the task of a scoped loan, or what stands for the loan where child tasks are followed; 0 for others.
    ///   - holds: the owners of loans that can't end before this acquire does, where child tasks are followed.
    ///   - isReturning: the caller was served before by a connection that proved unfit, and goes first.
    ///   - since: when the acquire began.
    /// - Returns: the loan, not yet told to observers, and how long (ns) it was waited for; 0 if it was there at once.
    /// - Throws: ``PoolError``, `CancellationError`.
    @usableFromInline
    nonisolated(nonsending) func acquire(
        deadline: MonotonicInstant, priority: WaiterPriority, owner: UInt, holds: [UInt], since: MonotonicInstant,
        isReturning: Bool
    ) async throws -> (loan: LoanID, waited: Int64) {
        var request = AcquireRequest(
            deadline: deadline, level: Int(priority.level), waits: false, isReturning: isReturning, since: since,
            task: owner)
        request.holds = holds
        // Where others wait there is nothing to be had at once: a hint only, the machine decides.
        // One that was served before goes the way on which its deadline and its cancellation are looked at.
        if !isReturning, !slots.isContended.load(ordering: .relaxed) {
            switch acquireNow(request) {
            case .granted(let loan): return (loan, 0)
            case .refused(let refusal): throw error(refusal, waited: 0)
            case .mustWait: break
            }
        }
        request.waits = true
        switch await wait(context: hooks.contains(.prepare) ? ServiceContext.current : nil, for: .loan(request)) {
        case .granted(let loan, let waited):
            if Task.isCancelled {
                // Served and cancelled at once: the next one takes it (F13).
                takeBackUnused(loan, .ready, wasFast: false)
                state.withLock { $0.machine.countUnqueuedCancellation() }
                tell(.acquireCancelled(waited: .nanoseconds(waited)))
                throw CancellationError()
            }
            return (loan, waited)
        case .refused(.cancelled, _), .cancelled: throw CancellationError()
        case .refused(let refusal, let waited): throw error(refusal, waited: waited)
        case .warmed: throw error(.unavailable, waited: 0)
        }
    }

    @usableFromInline
    func deadline(_ timeout: Duration?, since: MonotonicInstant) -> MonotonicInstant {
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

    private enum Wish {
        case loan(AcquireRequest)
        case warmth(since: MonotonicInstant, deadline: MonotonicInstant)

        var since: MonotonicInstant {
            switch self {
            case .loan(let request): request.since
            case .warmth(let since, _): since
            }
        }
    }

    // Inlined: each asynchronous function has a frame to allocate.
    @inline(__always)
    private nonisolated(nonsending) func wait(context: ServiceContext?, for wish: Wish) async -> WaitOutcome {
        let isAcquire = if case .loan = wish { true } else { false }
        let wait = Wait(context: context, isAcquire: isAcquire)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<WaitOutcome, Never>) in
                let now = wish.since
                let (effects, waiting): (Effects, Int?) = state.withLock { state in
                    wait.continuation = continuation
                    guard !wait.isCancelled else {
                        var effects = Effects()
                        if isAcquire { state.machine.countUnqueuedCancellation() }
                        effects.resume(wait, with: .cancelled)
                        return (effects, nil)
                    }
                    let id = state.machine.reserveWaiter()
                    state.register(wait, as: id)
                    switch wish {
                    case .loan(let request): state.machine.handle(.acquire(id, request), at: now)
                    case .warmth(_, let deadline): state.machine.handle(.warm(id, deadline: deadline), at: now)
                    }
                    let effects = state.takeEffects(port)
                    guard isAcquire, wait.continuation != nil else { return (effects, nil) }
                    return (effects, state.machine.waitingCount)
                }
                if let waiting { tell(.acquireWaited(waiting: waiting)) }
                carryOut(effects)
            }
        } onCancel: {
            let now = self.now
            carryOut(
                state.withLock { state in
                    wait.isCancelled = true
                    guard let id = wait.id else { return Effects() }
                    state.machine.handle(.cancelled(id), at: now)
                    return state.takeEffects(port)
                })
        }
    }

    /// A loan comes back by the lock.
    @usableFromInline
    func release(_ loan: LoanID, _ outcome: ReturnOutcome) { release(loan, outcome, wasUsed: true) }

    /// The borrower has the connection that the machine granted: from now on the loan counts.
    @usableFromInline
    func confirm() { confirmed.wrappingAdd(1, ordering: .relaxed) }

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
                let gone = outcome == .detached ? port.removeConnection(from: loan.slot) : nil
                let id = slots.connectionID(loan.slot)
                state.machine.handle(.released(loan.slot, outcome), at: now)
                var effects = state.takeEffects(port)
                if let gone {
                    let rare = effects.rare ?? RareEffects()
                    rare.detached = gone
                    rare.events.append(.detached(id))
                    effects.rare = rare
                }
                return effects
            })
    }

    /// An error of this loan's body says that all connections of its generation are unfit.
    @usableFromInline
    func distrust(_ loan: LoanID) { perform(.distrusted(slot: loan.slot)) }

    nonisolated(nonsending) func warmUp(timeout: Duration?) async throws {
        let began = now
        switch await wait(context: nil, for: .warmth(since: began, deadline: deadline(timeout, since: began))) {
        case .warmed, .granted: return
        case .cancelled, .refused(.cancelled, _): throw CancellationError()
        case .refused(.timedOut, let waited):
            let failed = state.withLock { $0.lastConnectError != nil }
            throw error(failed ? .outage : .timedOut, waited: waited)
        case .refused(let refusal, let waited): throw error(refusal, waited: waited)
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
