internal import PoolingCore
internal import PoolingSQL

/// A statement that the server was asked to stop.
struct Stopping {
    var reason: Interruption
    /// When the server must have confirmed it.
    var end: MonotonicInstant

    /// Until when an answer is waited for before the server is asked again: a request that comes before the server has read
    /// all of the statement is of no use.
    var limits: OperationLimits {
        OperationLimits(deadline: min(MonotonicInstant.now + 250_000_000, end), isCancellable: false)
    }
}
