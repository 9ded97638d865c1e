/// A connection on loan beyond a scope. It can't be copied, so it can't be returned twice; going out of scope returns
/// it (F50, F51).
public struct Lease<Driver: PoolDriver>: ~Copyable, Sendable {
    @usableFromInline let pool: Pool<Driver>
    @usableFromInline let loan: LoanID
    @usableFromInline let raw: Driver.Connection
    @usableFromInline var end: ReturnOutcome?
    /// Detached, or found to be over: nothing is left to be returned.
    @usableFromInline var hasEnded = false

    /// What was borrowed.
    public let connection: Driver.Handle

    @inlinable
    init(pool: Pool<Driver>, loan: LoanID, raw: Driver.Connection, connection: Driver.Handle) {
        self.pool = pool
        self.loan = loan
        self.raw = raw
        self.connection = connection
    }

    @inlinable
    deinit { if !hasEnded { pool.finish(loan, raw, as: end) } }

    /// The loan's identity, for logs.
    public var id: LoanID { loan }

    /// Back to the pool.
    @inlinable
    public consuming func release() {}

    /// Closed, and replaced if it is needed.
    @inlinable
    public consuming func discard() { end = .discarded }

    /// Leaves the pool for good, and is the caller's to close; its place is free.
    ///
    /// A pool that is shut down closes what is on loan at its deadline. What is detached later than that is returned
    /// closed, and said to be so on the standard error: ``detachIfCurrent()`` is for whoever outlives the pool.
    @inlinable
    public consuming func detach() -> Driver.Connection {
        hasEnded = true
        if !pool.detach(loan, raw) { pool.core.warnOfDetaching(loan) }
        return raw
    }

    /// ``detach()``, unless the loan has ended by force: then the connection is the pool's, which closes it, and nil is
    /// returned (F61).
    @inlinable
    public consuming func detachIfCurrent() -> Driver.Connection? {
        hasEnded = true
        return pool.detach(loan, raw) ? raw : nil
    }

    /// The same loan as a class, for request scopes, `defer` and collections.
    public consuming func shared() -> SharedLease<Driver> { SharedLease(self) }
}
