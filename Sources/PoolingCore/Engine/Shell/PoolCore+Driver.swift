internal import Synchronization

// How driver calls end.

/// A connect that took longer than `connectTimeout`.
struct ConnectTimedOut: Error, CustomStringConvertible {
    let timeout: Duration
    var description: String { "no connection within connectTimeout (\(PoolError.short(timeout)))" }
}

extension PoolCore {
    /// - Parameter store: puts the connection into its slot. Under the lock.
    /// - Returns: false if nobody waits for it any more: the caller closes it.
    func connectEnded(_ call: DriverCall, store: (Int) -> Void) -> Bool {
        let now = self.now
        let (effects, _): (Effects?, (any Error)?) = state.withLock { state in
            guard state.machine.isCurrent(call.operation) else { return (nil, nil) }
            store(Int(call.operation.slot))
            // Errors are foreign: the one before is let go of outside of the lock.
            let before = state.lastConnectError.take()
            state.machine.handle(.connected(call.operation), at: now)
            return (state.takeEffects(port), before)
        }
        guard let effects else { return false }
        tell(.connectSucceeded(call.id, took: .nanoseconds(now - call.startedAt)))
        carryOut(effects)
        return true
    }

    func connectFailed(_ call: DriverCall, _ error: any Error) {
        let now = self.now
        let (effects, cause, _): (Effects?, any Error, (any Error)?) = state.withLock { state in
            guard state.machine.isCurrent(call.operation) else { return (nil, error, nil) }
            var cause = error
            // What a shutdown cancels did not take too long.
            if state.machine.isCancelling(call.operation), state.machine.phase == .running, error is CancellationError {
                cause = ConnectTimedOut(timeout: state.configuration.connectTimeout)
            }
            let before = state.lastConnectError.take()
            state.lastConnectError = cause
            state.machine.handle(.connectFailed(call.operation), at: now)
            return (state.takeEffects(port), cause, before)
        }
        guard let effects else { return abandonedEnded() }
        tell(.connectFailed(call.id, cause, took: .nanoseconds(now - call.startedAt)))
        carryOut(effects)
    }

    /// - Returns: false if nobody waits for it any more: the caller closes the connection.
    func operationEnded(_ call: DriverCall, _ kind: OperationKind, _ failure: (any Error)?) -> Bool {
        let now = self.now
        let refusal = kind == .prepare ? failure as? LoanRefusal : nil
        let effects: Effects? = state.withLock { state in
            guard state.machine.isCurrent(call.operation) else { return nil }
            if let refusal {
                state.preparationError = refusal.cause
                state.machine.handle(.refused(call.operation), at: now)
            } else {
                state.machine.handle(failure == nil ? .succeeded(call.operation) : .failed(call.operation), at: now)
            }
            let effects = state.takeEffects(port)
            // Of a waiter who had left. The caller holds the error, so nothing foreign ends here.
            state.preparationError = nil
            return effects
        }
        guard let effects else { return false }
        if isObserved.load(ordering: .relaxed) { tell(kind, call.id, refusal?.cause ?? failure) }
        carryOut(effects)
        return true
    }

    func closeEnded(_ call: DriverCall) {
        let now = self.now
        carryOut(
            state.withLock { state in
                let isCurrent = state.machine.isCurrent(call.operation)
                state.machine.handle(isCurrent ? .closed(call.operation) : .abandonedEnded, at: now)
                return state.takeEffects(port)
            })
    }

    func abandonedEnded() { perform(.abandonedEnded) }

    /// Whether the `prepare` of a driver that did not declare its hooks is the default one. If so, loans need not go by
    /// the lock for it.
    func learned(preparesNothing: Bool) {
        let now = self.now
        carryOut(
            state.withLock { state in
                if !preparesNothing { state.hasPrepared = true }
                guard preparesNothing, state.machine.settings.prepares else { return Effects() }
                state.preparesNothing = true
                state.machine.handle(.applied(state.settings(hooks)), at: now)
                return state.takeEffects(port)
            })
    }

    var isShutDown: Bool { state.withLock { $0.machine.phase != .running } }
}
