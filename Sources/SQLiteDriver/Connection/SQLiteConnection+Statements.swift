internal import CSQLite
internal import PoolingSQL

// One attempt at one statement, from its text to its rows, synchronously. Whatever happens, the statement is reset
// at the end and forgets its values: an unfinished one would keep a read snapshot, and with it the log from being
// reset (F45).
extension SQLiteConnection {
    /// Runs a statement and collects its rows.
    func collect(_ query: SQLQuery) throws(SQLiteFailure) -> [SQLRow] {
        let statement = try begin(query)
        let pointer = statement.pointer
        var code = statement.bind(query)
        if code == SQLITE_OK { code = sqlite3_step(pointer) }
        guard code == SQLITE_ROW else {
            try finish(statement, code)
            return []
        }
        statement.noticeRecompilation()
        let columns = statement.columns
        let width = columns.count
        var cells: [SQLValue] = []
        cells.reserveCapacity(width)
        var height = 0
        repeat {
            for index in 0..<width { cells.append(statement.value(at: Int32(truncatingIfNeeded: index))) }
            height += 1
            code = sqlite3_step(pointer)
        } while code == SQLITE_ROW
        try finish(statement, code)
        // One row is so usual that it has its own way: a literal is made without asking for the array's type.
        if height == 1 { return [SQLRow(columns: columns, cells: cells, offset: 0)] }
        var rows: [SQLRow] = []
        rows.reserveCapacity(height)
        for row in 0..<height { rows.append(SQLRow(columns: columns, cells: cells, offset: row * width)) }
        return rows
    }

    /// Runs a statement and drops its rows.
    func perform(_ query: SQLQuery) throws(SQLiteFailure) -> SQLResult {
        let statement = try begin(query)
        let pointer = statement.pointer
        // Statements that change nothing leave these counts as they were: only a difference says something.
        let before = sqlite3_total_changes64(database)
        var code = statement.bind(query)
        if code == SQLITE_OK {
            repeat { code = sqlite3_step(pointer) } while code == SQLITE_ROW
        }
        try finish(statement, code)
        guard sqlite3_total_changes64(database) != before, sqlite3_stmt_readonly(pointer) == 0 else {
            return SQLResult(rowsAffected: 0)
        }
        return SQLResult(
            rowsAffected: Int(sqlite3_changes64(database)),
            lastInsertID: statement.isInsert ? sqlite3_last_insert_rowid(database) : nil)
    }

    @inline(__always)
    private func begin(_ query: SQLQuery) throws(SQLiteFailure) -> PreparedStatement {
        noteCall()
        if isPoisoned || session.isLost { throw .refused(.transactionLost) }
        if let statement = statements.statement(for: query) { return statement }
        return try prepare(query)
    }

    @inline(__always)
    private func finish(_ statement: PreparedStatement, _ code: Int32) throws(SQLiteFailure) {
        if code == SQLITE_DONE {
            sqlite3_reset(statement.pointer)
            sqlite3_clear_bindings(statement.pointer)
            let isInTransaction = sqlite3_get_autocommit(database) == 0
            session.isInTransaction = isInTransaction
            // Somebody has ended by hand what `transaction` had begun.
            if !isInTransaction, session.depth > 0 { session.isLost = true }
        } else {
            throw fail(statement, code)
        }
    }

    @inline(never)
    private func fail(_ statement: PreparedStatement, _ code: Int32) -> SQLiteFailure {
        var error = SQLError.sqlite(code, of: database, path: settings.path)
        if code == SQLITE_RANGE {
            let given =
                "the statement has \(statement.parameterCount) placeholders, which is not the number of its values"
            error = SQLError(.syntax, given, vendorCode: Int(code))
        }
        sqlite3_reset(statement.pointer)
        sqlite3_clear_bindings(statement.pointer)
        return failure(error, code)
    }

    /// Finds out what is left after an error: of the transaction, and of the attempt.
    private func failure(_ error: SQLError, _ code: Int32) -> SQLiteFailure {
        let wasInTransaction = session.isInTransaction
        session.isInTransaction = sqlite3_get_autocommit(database) == 0
        if wasInTransaction, !session.isInTransaction { session.isLost = true }
        if code & 0xFF == SQLITE_INTERRUPT { return interruption.failure(error) }
        // A statement outside of a transaction was undone as a whole by the reset above; so was the first one of a
        // transaction that holds no snapshot yet. Later ones are not repeated: with a snapshot, waiting can't help a
        // reader that wants to write (F41), and SQLite itself does not wait there, either.
        let leftNoTrace = sqlite3_txn_state(database, nil) == SQLITE_TXN_NONE
        return error.kind == .busy && leftNoTrace ? .locked(error) : .refused(error)
    }

    // MARK: Preparing

    @inline(never)
    private func prepare(_ query: SQLQuery) throws(SQLiteFailure) -> PreparedStatement {
        let text = query.text(in: SQLite.dialect)
        if let statement = statements.statement(of: text, for: query) { return statement }
        let (pointer, code, problem) = compile(text)
        if let problem { throw .refused(problem) }
        guard let pointer else {
            var error = SQLError.sqlite(code, of: database, path: settings.path)
            if code == SQLITE_ERROR { error.kind = .syntax }
            throw failure(error, code)
        }
        let statement = PreparedStatement(pointer, text: text)
        statements.insert(statement, for: query)
        return statement
    }

    private func compile(_ text: String) -> (pointer: OpaquePointer?, code: Int32, problem: SQLError?) {
        var text = text
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                return (nil, SQLITE_OK, SQLError(.syntax, "the statement is empty"))
            }
            // SQLite would stop reading there, and execute half a statement.
            if bytes.contains(0) {
                return (nil, SQLITE_OK, SQLError(.syntax, "the statement's text contains a NUL character"))
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
                let end = start + bytes.count
                var pointer: OpaquePointer?
                var rest: UnsafePointer<CChar>?
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                let code = sqlite3_prepare_v3(database, start, Int32(clamping: bytes.count), flags, &pointer, &rest)
                if code != SQLITE_OK { return (nil, code, nil) }
                guard let pointer else { return (nil, code, SQLError(.syntax, "the statement is empty")) }
                // Comments and blanks may follow, another statement may not: it would be dropped silently.
                if let rest, rest < end {
                    var second: OpaquePointer?
                    let next = sqlite3_prepare_v3(database, rest, Int32(clamping: end - rest), 0, &second, nil)
                    sqlite3_finalize(second)
                    if second != nil || next != SQLITE_OK {
                        sqlite3_finalize(pointer)
                        return (nil, code, SQLError(.syntax, "one call takes one statement, and this text has more"))
                    }
                }
                return (pointer, code, nil)
            }
        }
    }
}
