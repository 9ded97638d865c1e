/// A loan of a connection to an SQL database: what statements are run on.
///
/// It belongs to one task at a time, and only for as long as the loan lasts; any other call throws a `PoolError` with
/// code `.concurrentUse` or `.loanEnded` (F51). Calls keep their caller's isolation. A statement of a cancelled task is
/// stopped and throws `CancellationError`.
public protocol SQLConnection: Sendable {
    /// Runs a statement and collects its rows.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
    nonisolated(nonsending) func query(_ query: SQLQuery) async throws -> [SQLRow]

    /// Runs a statement for its effect; rows are dropped.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
    @discardableResult
    nonisolated(nonsending) func execute(_ query: SQLQuery) async throws -> SQLResult

    /// Runs a statement and gives its rows as they come, in bounded memory.
    ///
    ///     for try await row in try await connection.stream("SELECT id, name FROM users") { … }
    ///
    /// The connection does nothing else until the last row was read or the loop was left. The rows are one snapshot,
    /// which some databases keep for as long as the stream is open: read on, or leave.
    ///
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`; reading throws them, too.
    nonisolated(nonsending) func stream(_ query: SQLQuery) async throws -> SQLRowStream

    /// Runs statements for their effects, all or none of them, and with as few turns as the database allows.
    ///
    ///     try await connection.batch(users.map { "INSERT INTO users(name) VALUES(\($0.name))" })
    ///
    /// It is a transaction of its own, or a savepoint in the one that is open.
    ///
    /// - Returns: what each of them has done, in their order.
    /// - Throws: ``SQLError``, whose message says which statement failed; `PoolError` or `CancellationError`. Nothing
    ///   has been done then.
    @discardableResult
    nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult]

    /// What the database calls its own version, such as "3.40.1".
    nonisolated(nonsending) func serverVersion() async throws -> String

    // The steps of `transaction`, for the driver to provide; programs call `transaction`.

    /// Begins a transaction, or a savepoint inside of the one that is open.
    /// - Returns: how deep it is: 1 for a transaction, 2 and more for a savepoint.
    nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int
    /// Makes permanent what was done at `depth`. On throwing, the transaction is still open or has ended by itself;
    /// ``rollBackTransaction(depth:)`` follows in either case.
    nonisolated(nonsending) func commitTransaction(depth: Int) async throws
    /// Undoes what was done at `depth`. Runs in a cancelled task, too. If that fails the driver has to see to it that
    /// nothing else is executed in this loan.
    nonisolated(nonsending) func rollBackTransaction(depth: Int) async
}

extension SQLConnection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Inside of another transaction it is a savepoint, and `options` are those of the outer one.
    ///
    /// - Throws: what `body` throws; or ``SQLError``: of kind `.transactionLost` if the database has ended the
    ///   transaction by itself meanwhile, of kind `.serialization` or `.deadlock` if the whole of it should be repeated.
    @inlinable @discardableResult public nonisolated(nonsending) func transaction<R>(
        _ options: SQLTransactionOptions = .readWrite,
        _ body: nonisolated(nonsending) (Self) async throws -> R
    ) async throws -> R {
        let depth = try await beginTransaction(options)
        do {
            let result = try await body(self)
            try await commitTransaction(depth: depth)
            return result
        } catch {
            await rollBackTransaction(depth: depth)
            throw error
        }
    }
}
