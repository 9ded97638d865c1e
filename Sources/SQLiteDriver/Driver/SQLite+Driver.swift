internal import CSQLite
public import PoolingCore
public import PoolingSQL

extension SQLite: SQLDriver {
    public static let schemes = ["sqlite", "sqlite3"]
    public static let dialect = SQLDialect(placeholders: .questionMark, identifierQuote: "\"")

    /// Opens the file, reads a page of it and only then changes anything: a file that is no database stays as it is.
    ///
    /// While connections of this driver or of its copies are open, only their file will do; and once it was lost, only it
    /// will do until a new driver is made (F47). No empty file takes its place.
    /// - Throws: ``SQLError`` of kind `.cannotOpen`, `.fileReplaced`, `.notADatabase`, `.corrupt` or `.busy`;
    ///   `PoolConfigurationError` if ``functions`` or ``collations`` contradict themselves; and what `onConnect` throws.
    public func connect() async throws -> SQLiteConnection {
        let connection = try await open()
        do {
            try await connection.run { connection throws(SQLiteFailure) in try connection.readPage() }
            try await connection.run { connection throws(SQLiteFailure) in try connection.applySettings() }
            try await connection.run { connection throws(SQLiteFailure) in try connection.addFunctions() }
            if let onConnect {
                try await connection.withPrivateLoan(onConnect)
                try await connection.run { connection throws(SQLiteFailure) in
                    connection.keepSession()
                    // A setting of the log's checkpoints would have taken its place.
                    connection.writeLog?.install(in: connection.database)
                    try connection.cleanUp()
                }
            }
            // Not before: the settings and `onConnect` may write.
            connection.session.isReadOnly = connection.isReader
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Reads a page through SQLite, and the beginning of the file itself, since SQLite may answer from its cache (F46). A
    /// lock held by somebody else is proof enough: it is the database's own.
    /// - Throws: ``SQLError`` of kind `.notADatabase` or `.corrupt` if the file was overwritten or cut meanwhile.
    public func validate(_ connection: SQLiteConnection) async throws {
        let outcome = await connection.attempt { connection throws(SQLiteFailure) in try connection.readPage() }
        switch outcome {
        case .success, .failure(.locked): return
        case .failure(let failure): throw failure.thrown
        }
    }

    /// Waits for a statement that still runs, which is stopped, and closes.
    public func close(_ connection: SQLiteConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await connection.close()
    }

    public func lend(_ connection: SQLiteConnection, loan: LoanID) -> SQLiteHandle {
        if onReturn != nil || sessionReset == .always { connection.session.owesReturn = true }
        connection.gate.open(loan)
        return SQLiteHandle(connection: connection, loan: loan)
    }

    public func reclaim(_ connection: SQLiteConnection, loan: LoanID) {
        connection.shutGate()
    }

    /// `.dirty` with a transaction left open, if `onReturn` has to run or the log is to be emptied; `.broken` if something still runs on it, a
    /// transaction could not be ended or its file was lost. Reads what is known already: no call into SQLite.
    public func condition(of connection: SQLiteConnection) -> ConnectionCondition {
        connection.condition
    }

    /// Undoes what a borrower left open (F45, F53), then runs `onReturn`, then empties a log that has grown too long.
    public func reset(_ connection: SQLiteConnection) async throws {
        try await connection.run { connection throws(SQLiteFailure) in try connection.cleanUp() }
        if let onReturn {
            try await connection.withPrivateLoan(onReturn)
            try await connection.run { connection throws(SQLiteFailure) in try connection.cleanUp() }
        }
        if let growth = connection.writeLog?.growth, growth.isOverBrink {
            try await connection.withPrivateLoan { handle async throws in await growth.brake(handle) }
            try await connection.run { connection throws(SQLiteFailure) in try connection.cleanUp() }
        }
        connection.session.owesReturn = false
    }

    /// A damaged file or a failing disk: whatever this connection has cached is not to be trusted. A file that the path
    /// no longer names is no connection's business any more (F47).
    public func verdict(on error: any Error) -> ErrorVerdict {
        guard let error = error as? SQLError else { return .keep }
        if error.kind == .fileReplaced { return .discardAll }
        if error.kind == .corrupt || error.kind == .notADatabase { return .discard }
        return error.vendorCode.map { $0 & 0xFF == Int(SQLITE_IOERR) } == true ? .discard : .keep
    }

    public var requiredHooks: DriverHooks { [.lend, .condition, .reset, .verdict] }

    public var loanExecutor: (any TaskExecutor)? { execution == .inline ? nil : executor }
}
