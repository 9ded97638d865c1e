/// What the machine knows of one connection.
package struct ConnectionRecord: Sendable {
    package enum State: Sendable, Hashable {
        /// No connection here.
        case vacant
        case connecting
        /// Being validated.
        case checking
        /// Being prepared for a waiter, who may have left meanwhile.
        case preparing(WaiterID)
        /// In the hands of the fast path: idle or on loan.
        case delegated
        /// On loan, and comes back through the machine.
        case leased
        /// Ready, owned by the machine.
        case idle
        case resetting
        case closing
    }

    package var state = State.vacant
    package var id = ConnectionID(rawValue: 0)
    /// The number of the latest operation; older ones are late.
    package var operation: UInt32 = 0
    package var operationStarted = MonotonicInstant(nanoseconds: 0)
    /// The operation's deadline has passed and it was told so.
    package var isCancelling = false
    package var openedAt = MonotonicInstant(nanoseconds: 0)
    package var expiresAt = MonotonicInstant.distantFuture
    /// Which part of the lifetime's jitter is taken off this one, 0…1.
    package var jitterShare = 0.0
    /// It has expired, and ``expiresAt`` is when it may be replaced.
    package var hasTurn = false
    package var provedAt = MonotonicInstant(nanoseconds: .min)
    package var lentAt = MonotonicInstant(nanoseconds: 0)
    package var generation: UInt64 = 0
    /// Expired, and kept until its replacement is open.
    package var isRetiring = false
    /// The last of its loans that was reported as a leak, 0 if none was.
    package var reportedLoan: UInt64 = 0
    /// Singled out by ``Pool/recycle(_:)``.
    package var isCondemned = false
}
