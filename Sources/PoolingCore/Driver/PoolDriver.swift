public import ServiceContextModule

/// What a backend is to the engine: how to open, prove, mend and close one connection.
///
/// Three methods make a driver: ``connect()``, ``validate(_:)`` and ``close(_:reason:deadline:)``; everything else has
/// a default. The pool calls them from tasks of its own, never from a borrower's, and never two at once for one
/// connection. Each call has a deadline: the task is cancelled when it passes, and a call that ignores this is given
/// up on (`abandoned` in ``PoolStatistics``), so that it costs its place only until then.
///
/// A driver never blocks the cooperative thread pool: a blocking library is called on a ``BlockingExecutor``.
public protocol PoolDriver<Connection>: Sendable {
    /// What is pooled.
    associatedtype Connection: Sendable
    /// What a borrower gets: the connection itself, or a small value that carries the loan's identity and refuses, in
    /// release builds too, a call after the loan has ended or by two tasks at once. See ``LoanGate``.
    associatedtype Handle: Sendable = Connection

    /// Refuses a configuration that this driver can't serve, and settings of its own that contradict themselves or it,
    /// so that they fail where they are written and not at the first connect (F68).
    ///
    /// Called with what ``PoolConfiguration/validate()`` has let pass, by whoever makes or changes a pool and on their
    /// thread, before anything begins. No I/O, no blocking; the answer depends on nothing that changes meanwhile.
    /// - Throws: ``PoolConfigurationError`` with the field (the pool's or the driver's), its value and the rule.
    func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError)
    /// Opens one connection, ready to be lent. Cancelled when `connectTimeout` passes.
    func connect() async throws -> Connection
    /// Proves with a real round trip that the connection works; throws if it does not.
    func validate(_ connection: Connection) async throws
    /// Closes it. Told why and until when; never throws. Polite if it can be, abrupt at the deadline.
    ///
    /// Called once for each connection that ``connect()`` returned. Only a shutdown whose deadline has passed closes a
    /// connection that a borrower still holds; a driver whose connections cannot bear that makes its handle refuse
    /// (``LoanGate``) and waits for the call in flight.
    func close(_ connection: Connection, reason: CloseReason, deadline: ContinuousClock.Instant) async

    /// Makes the borrower's view of a connection for one loan. No I/O.
    func lend(_ connection: Connection, loan: LoanID) -> Handle
    /// The loan has ended: handles of it must refuse from now on. No I/O. Called before ``condition(of:)`` on return.
    func reclaim(_ connection: Connection, loan: LoanID)
    /// Looked at on every return and before every loan: no I/O, no system call, no blocking.
    func condition(of connection: Connection) -> ConnectionCondition
    /// Runs before a loan. Throws: this connection is discarded and another is tried, unless it is a ``LoanRefusal``.
    func prepare(_ connection: Connection, context: ServiceContext) async throws
    /// Makes a `.dirty` connection `.ready` again, off the borrower's path. Throws: the connection is discarded.
    func reset(_ connection: Connection) async throws
    /// What an error that the body threw says about the connection and its siblings.
    func verdict(on error: any Error) -> ErrorVerdict
    /// Which of the optional methods the pool has to call, so that absent hooks cost nothing.
    ///
    /// The default is all of them, which is always right. A driver that leaves one out is never asked that question;
    /// one that leaves out ``DriverHooks/prepare`` gets the lock-free checkout.
    var requiredHooks: DriverHooks { get }
    /// Where the body of a loan should run; nil (the default): where the caller runs.
    ///
    /// Only callers without an actor are moved, and they are back on their own executor when the loan ends.
    var loanExecutor: (any TaskExecutor)? { get }
}

extension PoolDriver {
    public func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {}
    public func reclaim(_ connection: Connection, loan: LoanID) {}
    public func condition(of connection: Connection) -> ConnectionCondition { .ready }
    public func prepare(_ connection: Connection, context: ServiceContext) async throws {
        DefaultPrepare.note(Self.self)
    }
    public func reset(_ connection: Connection) async throws {}
    public func verdict(on error: any Error) -> ErrorVerdict { .keep }
    public var requiredHooks: DriverHooks { [.all, .undeclared] }
    public var loanExecutor: (any TaskExecutor)? { nil }
}

extension PoolDriver where Handle == Connection {
    public func lend(_ connection: Connection, loan: LoanID) -> Connection { connection }
}
