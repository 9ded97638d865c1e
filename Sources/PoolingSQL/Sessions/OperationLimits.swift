package import PoolingCore

/// Until when an operation may wait, and whether the cancellation of its task ends it.
package struct OperationLimits {
    package var deadline: MonotonicInstant
    package var isCancellable: Bool

    package init(deadline: MonotonicInstant, isCancellable: Bool) {
        self.deadline = deadline
        self.isCancellable = isCancellable
    }

    package static let none = OperationLimits(deadline: .distantFuture, isCancellable: true)

    /// Looked at only where there is nothing to wait for.
    package var hasPassed: Bool { deadline != .distantFuture && deadline <= .now }
}

/// Why an operation was not waited for any longer, although the server is still at it.
package enum Interruption: Error {
    case cancelled, deadlinePassed, closing
    /// It sends what nobody has asked for.
    case unwanted
}
