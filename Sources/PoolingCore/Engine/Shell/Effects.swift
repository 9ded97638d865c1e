internal import ServiceContextModule

/// What is to be done once the lock is free. Small, since every handing on of a connection makes one: all but the first
/// who is resumed stands apart.
struct Effects {
    var resumption: Resumption?
    /// nil as a rule.
    private(set) var further: FurtherEffects?

    struct Resumption {
        let continuation: UnsafeContinuation<WaitOutcome, Never>
        let outcome: WaitOutcome
        let isAcquire: Bool
        /// The acquiring task's, for observers of an acquire that gets nothing.
        var context: ServiceContext?
    }

    mutating func resume(_ resumption: Resumption) {
        if self.resumption == nil { self.resumption = resumption } else { more.resumptions.append(resumption) }
    }

    /// What stands apart, to be added to.
    var more: FurtherEffects {
        mutating get {
            if let further { return further }
            let new = FurtherEffects()
            further = new
            return new
        }
    }
}

/// Whatever is not the handing on of one connection.
///
/// Sendable because it is made under the lock, leaves it with the one who held it, and is touched by nobody else.
final class FurtherEffects: @unchecked Sendable {
    enum Call {
        case connect(Operation, ConnectionID)
        case validate((any AnyConnection)?, Operation, ConnectionID)
        case reset((any AnyConnection)?, Operation, ConnectionID)
        case prepare((any AnyConnection)?, Operation, ConnectionID, ServiceContext)
        case close((any AnyConnection)?, Operation, ConnectionID, CloseReason, MonotonicInstant, age: Int64)
        case abandon((any AnyConnection)?, ConnectionID, meaning: [PoolEvent])
    }

    var resumptions: [Effects.Resumption] = []
    var timer: MonotonicInstant?
    var calls: [Call] = []
    var cancelled: [Task<Void, Never>] = []
    var events: [PoolEvent] = []
    /// Left the pool with its borrower; let go of here.
    var detached: (any AnyConnection)?
    /// Errors that later ones replaced; let go of here.
    var displaced: [any Error] = []
    var shutdown: ShutdownReport?
    var shutdownCalls: [UnsafeContinuation<ShutdownReport, Never>] = []
}
