import PoolingCore

/// One attempt to get a connection.
final class ShellAcquire {
    let level: Int
    /// Not a wait for warmth.
    let isLoan: Bool
    let deadline: MonotonicInstant
    let began: Int
    /// What had passed by then while somebody could have gone on.
    let lag: Int64
    /// When it was seen to wait, in the order of things.
    var queued: Int?
    /// Its place in the queue if it was served before, by a connection that proved unfit.
    var place: Int?
    /// What it gets is decided.
    var isResumed = false
    /// A client who waited longer, and waited on when this one was told its end.
    var overtaken: Int?
    var isFast = false
    var wasUnfit = false
    var sawSuspension = false
    var sawChecking = false
    var wasCancelledWhenGranted = false

    init(level: Int, isLoan: Bool, deadline: MonotonicInstant, began: Int, lag: Int64) {
        self.lag = lag
        self.level = level
        self.isLoan = isLoan
        self.deadline = deadline
        self.began = began
    }
}

/// A task of the application.
///
/// Sendable because it is touched on the simulation's thread only.
final class ShellClient: @unchecked Sendable {
    let number: Int
    var task: Task<Void, Never>?
    var acquire: ShellAcquire?
    var isCancelled = false
    /// Loans that it holds for scopes.
    var holding = 0

    init(number: Int) { self.number = number }
}
