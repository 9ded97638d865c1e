internal import CPoolingShims
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
        try bind(query, to: statement)
        var code = sqlite3_step(pointer)
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
        try bind(query, to: statement)
        var code: Int32
        repeat { code = sqlite3_step(pointer) } while code == SQLITE_ROW
        try finish(statement, code)
        guard sqlite3_total_changes64(database) != before, !statement.isReadOnly else {
            return SQLResult(rowsAffected: 0)
        }
        return SQLResult(
            rowsAffected: Int(sqlite3_changes64(database)),
            lastInsertID: statement.effects.insertsRows ? sqlite3_last_insert_rowid(database) : nil)
    }

    @inline(__always)
    func begin(_ query: SQLQuery) throws(SQLiteFailure) -> PreparedStatement {
        if isInherited { throw .refused(.inherited(settings.path)) }
        noteCall()
        if pooling_clock_coarse() >= watch.due { try look() }
        if isPoisoned || session.isLost { throw .refused(.transactionLost) }
        if session.stream != nil { try endAbandonedStream() }
        if let known = statements.statement(for: query), known.isUnremarkable, known.isReadOnly || !session.isReadOnly {
            interruption.statement = known.pointer
            return known
        }
        let statement = try beginSlowly(query)
        interruption.statement = statement.pointer
        return statement
    }

    @inline(never)
    private func beginSlowly(_ query: SQLQuery) throws(SQLiteFailure) -> PreparedStatement {
        let statement = if let known = statements.statement(for: query) { known } else { try prepare(query) }
        // What SQLite calls read-only are statements that change no file, temporary ones included.
        if session.isReadOnly, !statement.isReadOnly {
            if statement.isOneOff { forget(statement) }
            throw .refused(.readOnlyTransaction)
        }
        // It writes into the file, with no commit that would be looked before.
        if statement.effects.movesLog { try look() }
        if !statement.effects.session.isEmpty {
            statement.isNeeded = true
            defer { statement.isNeeded = false }
            try note(statement.effects.session)
        }
        return statement
    }

    @inline(__always)
    func finish(_ statement: PreparedStatement, _ code: Int32) throws(SQLiteFailure) {
        if authorizer.hasNoticed { statement.add(authorizer.take()) }
        if code == SQLITE_DONE {
            reset(statement)
            let isInTransaction = sqlite3_get_autocommit(database) == 0
            session.isInTransaction = isInTransaction
            // Somebody has ended by hand what `transaction` had begun.
            if !isInTransaction, session.depth > 0 { session.isLost = true }
            if let loss = watch.lookAfterCommit() { throw .refused(lost(loss, .after)) }
            if let writeLog { noteWrites(of: statement, to: writeLog) }
        } else {
            throw fail(statement, code)
        }
    }

    /// Gives a statement its values. On throwing, its run has ended.
    @inline(__always)
    func bind(_ query: SQLQuery, to statement: PreparedStatement) throws(SQLiteFailure) {
        do { try statement.bind(query) } catch {
            reset(statement)
            throw error
        }
    }

    /// Ends a run of a statement, and the statement if it is for one run.
    @inline(__always)
    func reset(_ statement: PreparedStatement) {
        sqlite3_reset(statement.pointer)
        sqlite3_clear_bindings(statement.pointer)
        if statement.isOneOff {
            interruption.statement = nil
            forget(statement)
        }
    }

    @inline(never)
    private func fail(_ statement: PreparedStatement, _ code: Int32) -> SQLiteFailure {
        var error = SQLError.sqlite(code, of: database, path: settings.path)
        let text = statement.text
        reset(statement)
        // SQLite compiles a kept statement again where tables have changed meanwhile, and may refuse it then.
        if code == SQLITE_ERROR, !compiles(text) { error.kind = .syntax }
        // `OR FAIL` keeps what the statement had done by then, and commits it if nothing else does.
        let isKept = code & 0xFF == SQLITE_CONSTRAINT && (session.isInTransaction || watch.owesLook)
        let failure = failure(error, code)
        let isUndone = error.kind == .fileReplaced || session.isLost
        if let writeLog, isKept, !isUndone { noteWrites(of: statement, to: writeLog) }
        return failure
    }

    /// Finds out what is left after an error: of the transaction, and of the attempt.
    func failure(_ error: SQLError, _ code: Int32) -> SQLiteFailure {
        let wasInTransaction = session.isInTransaction
        session.isInTransaction = sqlite3_get_autocommit(database) == 0
        if wasInTransaction, !session.isInTransaction { session.isLost = true }
        watch.commitFailed()
        if !session.isInTransaction { written.change = SQLiteChange() }
        if mayComeFromLoss(code), let loss = watch.look() { return .refused(lost(loss, .before)) }
        if code & 0xFF == SQLITE_INTERRUPT { return interruption.failure(error) }
        // A statement outside of a transaction was undone as a whole by the reset above; so was the first one of a
        // transaction that holds no snapshot yet. Later ones are not repeated: with a snapshot, waiting can't help a
        // reader that wants to write (F41), and SQLite itself does not wait there, either.
        let leftNoTrace = sqlite3_txn_state(database, nil) == SQLITE_TXN_NONE
        return error.kind == .busy && leftNoTrace ? .locked(error) : .refused(error)
    }

    // MARK: The file

    @inline(never)
    private func look() throws(SQLiteFailure) {
        if let loss = watch.look() { throw .refused(lost(loss, .before)) }
    }

    /// From now on this connection is broken, and the driver opens no other one to what the path names now.
    @inline(never)
    private func lost(_ loss: FileLoss, _ moment: FileLoss.Moment) -> SQLError {
        poison()
        settings.file.lose()
        return loss.error(settings.path, moment)
    }

    /// Its own commit hook has refused, or SQLite has met something that a missing file and its missing journal explain.
    private func mayComeFromLoss(_ code: Int32) -> Bool {
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: SQLError.kind(of: code) == .fileReplaced
        case SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_NOTADB: true
        default: false
        }
    }

    // MARK: Preparing

    @inline(never)
    private func prepare(_ query: SQLQuery) throws(SQLiteFailure) -> PreparedStatement {
        let text = query.text(in: SQLite.dialect)
        if let statement = statements.statement(of: text, for: query) { return statement }
        interruption.statement = nil
        let (pointer, code, problem) = try compileNoting(text)
        if let problem { throw .refused(problem) }
        guard let pointer else {
            var error = SQLError.sqlite(code, of: database, path: settings.path)
            if code == SQLITE_ERROR { error.kind = .syntax }
            throw failure(error, code)
        }
        let statement = PreparedStatement(
            pointer, text: text, effects: authorizer.take(), doesNothing: !authorizer.wasAsked)
        for forgotten in statements.insert(statement, for: query) { forgotten.finalize() }
        return statement
    }

    /// Compiles a statement, and notes how the connection is before a setting of it changes: SQLite changes many
    /// settings while it compiles the statement, so that one is first refused and then compiled again.
    private func compileNoting(
        _ text: String
    ) throws(SQLiteFailure) -> (pointer: OpaquePointer?, code: Int32, problem: SQLError?) {
        // Of a statement that could not be compiled, perhaps.
        _ = authorizer.take()
        authorizer.permitsSettings = isOwnWork
        var result = compile(text)
        if result.code == SQLITE_AUTH {
            try note(authorizer.take().session)
            authorizer.permitsSettings = true
            result = compile(text)
        }
        // What is refused in the end may have changed a setting by then.
        if result.pointer == nil, authorizer.hasNoticed {
            let effects = authorizer.take()
            if effects.setsPragma { try note(effects.session) }
        }
        return result
    }

    private func compiles(_ text: String) -> Bool {
        interruption.statement = nil
        authorizer.permitsSettings = false
        let result = compile(text)
        sqlite3_finalize(result.pointer)
        _ = authorizer.take()
        return result.code != SQLITE_ERROR
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
                authorizer.wasAsked = false
                var pointer: OpaquePointer?
                var rest: UnsafePointer<CChar>?
                let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
                let code = sqlite3_prepare_v3(database, start, Int32(clamping: bytes.count), flags, &pointer, &rest)
                if code != SQLITE_OK { return (nil, code, nil) }
                guard let pointer else { return (nil, code, SQLError(.syntax, "the statement is empty")) }
                // Comments and blanks may follow, another statement may not: it would be dropped silently.
                if let rest, rest < end {
                    var second: OpaquePointer?
                    // What the first statement may change is noted, what this one would change is not.
                    authorizer.permitsSettings = false
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

extension SQLiteConnection {
    /// Has a statement compiled anew when it is needed next.
    func forget(_ statement: PreparedStatement) {
        if statements.remove(statement) { statement.finalize() }
    }
}
