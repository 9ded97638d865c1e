/// What a driver can tell of a connection without I/O.
public enum ConnectionCondition: Sendable, Hashable {
    /// Fit to be lent as it is.
    case ready
    /// Works, but carries a borrower's state (an open transaction, a changed setting): ``PoolDriver/reset(_:)`` first.
    case dirty
    /// May be dead (bytes arrived while it was idle, say): ``PoolDriver/validate(_:)`` first.
    case suspect
    /// Unusable: closed and replaced.
    case broken
}

/// What an error thrown by the body of a loan says about connections.
public enum ErrorVerdict: Sendable, Hashable {
    /// Nothing: the connection goes back to the pool.
    case keep
    /// This connection is not to be used again.
    case discard
    /// Nor are the others of its generation: idle ones are closed now, lent ones when they come back.
    case discardAll
}
