/// A ``Lease`` that can be referred to from several places. Whoever ends it first does; the others' calls do nothing.
/// If nobody does, the last reference returns it.
public final class SharedLease<Driver: PoolDriver>: Sendable {
    private let lease: PoolLock<Lease<Driver>?>

    /// What was borrowed. After the loan has ended, a handle of a driver with a ``LoanGate`` refuses every call.
    public let connection: Driver.Handle

    init(_ lease: consuming Lease<Driver>) {
        connection = lease.connection
        self.lease = PoolLock(lease)
    }

    /// Back to the pool.
    /// - Returns: false if the loan had ended already.
    @discardableResult public func release() -> Bool {
        guard let lease = take() else { return false }
        lease.release()
        return true
    }

    /// Closed, and replaced if it is needed.
    /// - Returns: false if the loan had ended already.
    @discardableResult public func discard() -> Bool {
        guard let lease = take() else { return false }
        lease.discard()
        return true
    }

    /// Leaves the pool for good; nil if the loan had ended already, be it that a shutdown ended it by force.
    public func detach() -> Driver.Connection? {
        guard let lease = take() else { return nil }
        return lease.detachIfCurrent()
    }

    private func take() -> Lease<Driver>? {
        lease.withLock { $0.take() }
    }
}
