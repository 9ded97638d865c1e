internal import ServiceContextModule

/// What a waiting acquire is told.
enum WaitOutcome: Sendable {
    case granted(LoanID, waited: Int64)
    case refused(Refusal, waited: Int64)
    case warmed
    /// Cancelled before it could wait.
    case cancelled
}

/// One waiting acquire: the way back to its task.
///
/// Sendable because what varies is touched only under the pool's lock.
final class Wait: @unchecked Sendable {
    /// Set once the machine knows the waiter.
    var id: WaiterID?
    /// The task was cancelled before the machine knew.
    var isCancelled = false
    var continuation: UnsafeContinuation<WaitOutcome, Never>?
    let context: ServiceContext?
    /// Otherwise it waits for the pool to be warm, which observers are not told.
    let isAcquire: Bool

    init(context: ServiceContext?, isAcquire: Bool) {
        self.context = context
        self.isAcquire = isAcquire
    }
}
