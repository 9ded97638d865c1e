internal import CPoolingShims
internal import ServiceContextModule
internal import Synchronization

// What observers are told. Outside of the lock, on whatever caused it.

extension PoolCore {
    func tell(_ event: PoolEvent) {
        guard isObserved.load(ordering: .relaxed) else { return }
        events.send(event, from: identity)
    }

    /// Of an acquire that was ended by others: observers see the context of whoever acquires, not theirs.
    func tell(_ outcome: WaitOutcome, _ context: ServiceContext?) {
        ServiceContext.withValue(context ?? .topLevel) { tell(outcome) }
    }

    func tell(_ outcome: WaitOutcome) {
        switch outcome {
        case .granted: break  // told by the borrower, once it has found the connection fit
        case .refused(.timedOut, let waited): tell(.acquireTimedOut(waited: .nanoseconds(waited)))
        case .refused(.cancelled, let waited): tell(.acquireCancelled(waited: .nanoseconds(waited)))
        case .refused(let refusal, let waited): tell(.acquireRejected(error(refusal, waited: waited).code))
        case .failed: tell(.acquireRejected(.refusedByDriver))
        case .cancelled: tell(.acquireCancelled(waited: .zero))
        case .warmed: break
        }
    }

    func tell(_ kind: OperationKind, _ id: ConnectionID, _ failure: (any Error)?) {
        switch (kind, failure) {
        case (.validate, nil): tell(.validated(id))
        case (.validate, let failure?): tell(.validationFailed(id, failure))
        case (.reset, nil): tell(.reset(id))
        case (.reset, let failure?): tell(.resetFailed(id, failure))
        case (.prepare, nil): break
        case (.prepare, let failure?): tell(.prepareFailed(id, failure))
        }
    }

    /// Under the lock of those who listen.
    func listen(to kinds: PoolEventKinds) {
        isObserved.store(!kinds.isEmpty, ordering: .relaxed)
        tellsLoans.store(kinds.contains(.loans), ordering: .relaxed)
    }

    @usableFromInline
    func tellGranted(_ loan: LoanID, waited: Int64 = 0) {
        guard waited > 0 ? isObserved.load(ordering: .relaxed) : tellsLoans.load(ordering: .relaxed) else { return }
        tell(.acquireGranted(slots.connectionID(loan.slot), waited: .nanoseconds(waited)))
    }

    @usableFromInline
    func tellReleased(_ loan: LoanID) {
        // By the clock of its beginning, or each short loan would seem to last for half a tick.
        let now = surroundings?.now ?? MonotonicInstant(nanoseconds: pooling_clock_coarse())
        let used = slots.age(ofLoanIn: loan.slot, at: now)
        tell(.released(slots.connectionID(loan.slot), used: .nanoseconds(max(0, used))))
    }

    /// Where nobody observes: a report that nobody sees is none.
    func warn(ofLeak id: ConnectionID, _ age: Duration, _ site: LoanSite?) {
        guard !events.wanted.contains(.pool) else { return }
        let place = site.map { "; it was lent at \($0)" } ?? ""
        pooling_warn(
            "pool '\(identity.name)' has had \(id) on loan for \(PoolError.short(age)), longer than leakThreshold\(place)"
        )
    }

    func subscribe() -> PoolEvents {
        let subscription = events.subscribe(for: self)
        if state.withLock({ $0.hasEnded }) { subscription.continuation.finish() }
        return PoolEvents(subscription: subscription)
    }
}
