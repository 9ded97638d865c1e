internal import CSQLite
internal import PoolingCore
public import PoolingSQL

/// A borrower's view of an ``SQLiteConnection``, for the time of one loan.
///
/// After it, and when two tasks use it at once, every call throws a `PoolError` and touches nothing (F51).
public struct SQLiteHandle: SQLConnection, CustomStringConvertible {
    let connection: SQLiteConnection
    let loan: LoanID

    public var description: String { "SQLiteHandle(\(connection.settings.path))" }

    public nonisolated(nonsending) func query(_ query: SQLQuery) async throws -> [SQLRow] {
        let connection = connection
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        // The usual case first and without a closure: right thread, nothing in the way.
        if connection.runsHere {
            do { return try connection.collect(query) } catch {
                guard case .locked(let error) = error else { throw error.thrown }
                var patience = Patience(connection.settings.busyTimeout)
                try await connection.wait(for: error, &patience)
            }
        }
        return try await connection.run { connection throws(SQLiteFailure) in try connection.collect(query) }
    }

    @discardableResult
    public nonisolated(nonsending) func execute(_ query: SQLQuery) async throws -> SQLResult {
        let connection = connection
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        if connection.runsHere {
            do { return try connection.perform(query) } catch {
                guard case .locked(let error) = error else { throw error.thrown }
                var patience = Patience(connection.settings.busyTimeout)
                try await connection.wait(for: error, &patience)
            }
        }
        return try await connection.run { connection throws(SQLiteFailure) in try connection.perform(query) }
    }

    public nonisolated(nonsending) func stream(_ query: SQLQuery) async throws -> SQLRowStream {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        let stream = try await connection.run { connection throws(SQLiteFailure) in try connection.open(query) }
        return SQLRowStream(SQLiteCursor(stream, on: connection, loan: loan))
    }

    @discardableResult
    public nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult] {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        return try await connection.run { connection throws(SQLiteFailure) in try connection.batch(queries) }
    }

    public nonisolated(nonsending) func serverVersion() async throws -> String {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        // A constant of the library: no call that could block.
        return String(cString: sqlite3_libversion())
    }

    public nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        return try await connection.run { connection throws(SQLiteFailure) in try connection.beginTransaction(options) }
    }

    public nonisolated(nonsending) func commitTransaction(depth: Int) async throws {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try await connection.run { connection throws(SQLiteFailure) in try connection.commitTransaction(depth) }
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
        defer { connection.leave(loan) }
        _ = await connection.attempt { connection throws(SQLiteFailure) in connection.rollBackTransaction(depth) }
    }
}

extension SQLiteFailure {
    /// What a borrower gets to see.
    var thrown: any Error {
        switch self {
        case .refused(let error), .locked(let error): error
        case .cancelled: CancellationError()
        }
    }
}
