/// A call of the driver as it began: what there is to tell if it is given up on.
struct BegunCall {
    let operation: Operation
    /// nil: a connect.
    let kind: OperationKind?
    let startedAt: MonotonicInstant
    /// When the connection was opened.
    let openedAt: MonotonicInstant
}

/// A validation, reset or preparation that ignored its deadline.
struct CallTimedOut: Error, CustomStringConvertible {
    let kind: OperationKind
    var description: String { "\(kind) did not end by its deadline, nor when it was cancelled" }
}

extension CoreState {
    mutating func note(_ kind: OperationKind?, _ operation: Operation) {
        let slot = Int(operation.slot)
        while begun.count <= slot { begun.append(nil) }
        begun[slot] = BegunCall(
            operation: operation, kind: kind, startedAt: machine.now, openedAt: machine.records[slot].openedAt)
    }

    /// What observers are told of a call that is given up on, so that what they count agrees with the statistics: to
    /// the pool it has failed, and its connection is gone (F3, F14).
    func eventsOfAbandoning(_ operation: Operation, _ id: ConnectionID) -> [PoolEvent] {
        guard let call = begun[safely: Int(operation.slot)], call.operation == operation else { return [] }
        let isEnding = machine.phase != .running
        let age = Duration.nanoseconds(machine.now - call.openedAt)
        guard let kind = call.kind else {
            let timeout = configuration.connectTimeout
            let error: any Error = isEnding ? CancellationError() : ConnectTimedOut(timeout: timeout)
            return [.connectFailed(id, error, took: .nanoseconds(machine.now - call.startedAt))]
        }
        let error: any Error = isEnding ? CancellationError() : CallTimedOut(kind: kind)
        return switch kind {
        case .validate: [.validationFailed(id, error), .closed(id, .validationFailed, age: age)]
        case .reset: [.resetFailed(id, error), .closed(id, .resetFailed, age: age)]
        case .prepare: [.prepareFailed(id, error), .closed(id, .prepareFailed, age: age)]
        }
    }
}
