internal import PoolingCore
public import PoolingSQL

/// A borrower's view of a ``PGConnection``, for the time of one loan.
///
/// After it, and when two tasks use it at once, every call throws a `PoolError` and touches nothing (F51).
public struct PGHandle: SQLConnection, CustomStringConvertible {
    let connection: PGConnection
    let loan: PoolingCore.LoanID
    private var deadline = MonotonicInstant.distantFuture

    init(connection: PGConnection, loan: PoolingCore.LoanID) {
        self.connection = connection
        self.loan = loan
    }

    public var description: String { "PGHandle(\(loan))" }

    /// The same loan, whose statements are stopped when `deadline` has come: they throw ``SQLError`` of kind
    /// `.interrupted` if they had no effect, of kind `.mayHaveExecuted` if the server did not say so in time, or if something
    /// of them stays: what a procedure has committed, or a statement whose rows were still being read.
    ///
    ///     try await connection.until(.now + .seconds(2)).query("SELECT …")
    public func until(_ deadline: ContinuousClock.Instant) -> PGHandle {
        var handle = self
        handle.deadline = min(self.deadline, MonotonicInstant(deadline))
        return handle
    }

    /// Begins an operation.
    func enter() throws {
        try connection.gate.enter(loan)
        connection.limits = limits
    }

    func leave() { connection.leave(loan) }

    var limits: OperationLimits {
        var end = deadline
        if let limit = connection.statementTimeLimit { end = min(end, MonotonicInstant.now + limit) }
        return OperationLimits(deadline: end, isCancellable: true)
    }

    public nonisolated(nonsending) func query(_ query: SQLQuery) async throws -> [SQLRow] {
        try enter()
        defer { leave() }
        return try await connection.collect(query)
    }

    @discardableResult
    public nonisolated(nonsending) func execute(_ query: SQLQuery) async throws -> SQLResult {
        try enter()
        defer { leave() }
        return try await connection.perform(query)
    }

    public nonisolated(nonsending) func stream(_ query: SQLQuery) async throws -> SQLRowStream {
        try enter()
        defer { leave() }
        let stream = try await connection.open(query)
        return SQLRowStream(PGCursor(stream, of: self))
    }

    @discardableResult
    public nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult] {
        try enter()
        defer { leave() }
        return try await connection.batch(queries)
    }

    public nonisolated(nonsending) func serverVersion() async throws -> String {
        try enter()
        defer { leave() }
        // Told by the server when the session began.
        return connection.parameter("server_version") ?? ""
    }

    public nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int {
        try enter()
        defer { leave() }
        return try await connection.beginTransaction(options)
    }

    public nonisolated(nonsending) func commitTransaction(depth: Int) async throws {
        try enter()
        defer { leave() }
        try await connection.commitTransaction(depth)
    }

    public nonisolated(nonsending) func rollBackTransaction(depth: Int) async {
        do {
            try connection.gate.enter(loan)
        } catch {
            // The loan has ended: whoever ended it sees to the rest. Or another task is inside: then nothing may be
            // executed in this transaction any more, since it can't be undone now.
            if error.code == .concurrentUse { connection.poison() }
            return
        }
        defer { leave() }
        await connection.rollBackTransaction(depth)
    }
}
