/// A pool, as observers see it.
public struct PoolIdentity: Sendable, Hashable {
    public var name: String
    /// Unique in the process.
    public var number: UInt64

    package init(name: String, number: UInt64) {
        self.name = name
        self.number = number
    }
}

/// A change of a pool's state, told once.
public enum PoolEvent: Sendable {
    case connectStarted(ConnectionID)
    case connectSucceeded(ConnectionID, took: Duration)
    case connectFailed(ConnectionID, any Error, took: Duration)
    case acquireWaited(waiting: Int)
    /// `waited` is zero for a loan that was there at once.
    case acquireGranted(ConnectionID, waited: Duration)
    case acquireTimedOut(waited: Duration)
    case acquireCancelled(waited: Duration)
    case acquireRejected(PoolError.Code)
    case released(ConnectionID, used: Duration)
    case validated(ConnectionID)
    case validationFailed(ConnectionID, any Error)
    case reset(ConnectionID)
    case resetFailed(ConnectionID, any Error)
    case prepareFailed(ConnectionID, any Error)
    case closed(ConnectionID, CloseReason, age: Duration)
    case detached(ConnectionID)
    /// On loan for longer than `leakThreshold`. Told once for a loan; where nobody observes, to standard error.
    case leakSuspected(ConnectionID, age: Duration, site: LoanSite?)
    case resized(min: Int, max: Int)
    case suspended
    case resumed
    case outageBegan
    case outageEnded
    /// A driver operation ignored its deadline and is counted as abandoned from now on. The failure that it amounts to
    /// is told next, like any other.
    case abandoned(ConnectionID)
    case shutdownBegan
    case shutdownEnded(ShutdownReport)
    /// The last reference to the pool went away without `shutdown()`; it closes in the background.
    case dropped
}
