internal import PoolingCore

/// Until when an operation may wait, and whether the cancellation of its task ends it.
struct Limits {
    var deadline: MonotonicInstant
    var isCancellable: Bool

    static let none = Limits(deadline: .distantFuture, isCancellable: true)
}

/// Why an operation was not waited for any longer, although the server is still at it.
enum Interruption: Error { case cancelled, deadlinePassed, closing }

/// A statement that the server was asked to stop.
struct Stopping {
    var reason: Interruption
    /// When the server must have confirmed it.
    var end: MonotonicInstant

    /// Until when an answer is waited for before the server is asked again: a request that comes before the server has read
    /// all of the statement is of no use.
    var limits: Limits { Limits(deadline: min(MonotonicInstant.now + 250_000_000, end), isCancellable: false) }
}
