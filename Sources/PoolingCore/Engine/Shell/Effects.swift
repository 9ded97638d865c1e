internal import ServiceContextModule

/// What is to be done once the lock is free. Small, since every handing on of a connection makes one: what is rare
/// stands apart.
struct Effects {
    /// The first, so that handing a connection on allocates nothing.
    var resumption: Resumption?
    var moreResumptions: [Resumption] = []
    var timer: MonotonicInstant?
    var rare: RareEffects?

    struct Resumption {
        let continuation: UnsafeContinuation<WaitOutcome, Never>
        let outcome: WaitOutcome
        let isAcquire: Bool
    }

    mutating func resume(_ wait: Wait?, with outcome: WaitOutcome) {
        guard let wait, let continuation = wait.continuation else { return }
        wait.continuation = nil
        let resumption = Resumption(continuation: continuation, outcome: outcome, isAcquire: wait.isAcquire)
        if self.resumption == nil { self.resumption = resumption } else { moreResumptions.append(resumption) }
    }
}

/// Whatever is not the handing on of a connection. One reference, nil as a rule.
///
/// Sendable because it is made under the lock, leaves it with the one who held it, and is touched by nobody else.
final class RareEffects: @unchecked Sendable {
    enum Call {
        case connect(Operation, ConnectionID)
        case validate((any AnyConnection)?, Operation, ConnectionID)
        case reset((any AnyConnection)?, Operation, ConnectionID)
        case prepare((any AnyConnection)?, Operation, ConnectionID, ServiceContext)
        case close((any AnyConnection)?, Operation, ConnectionID, CloseReason, MonotonicInstant, age: Int64)
        case abandon((any AnyConnection)?, ConnectionID, meaning: [PoolEvent])
    }

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
