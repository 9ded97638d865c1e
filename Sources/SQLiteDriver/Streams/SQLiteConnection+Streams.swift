internal import CSQLite
internal import PoolingSQL

// One stream at a time, of one statement. It is over when its last row was read, when a statement of it failed, when
// somebody who has abandoned it uses the connection again, at the end of its transaction and at the end of the loan.
extension SQLiteConnection {
    /// The most that a stream keeps in memory, but for a single row that is larger.
    private static var chunkBytes: Int { 64 << 10 }
    private static var chunkRows: Int { 512 }

    /// Prepares a statement for being read row by row. Nothing runs yet.
    func open(_ query: SQLQuery) throws(SQLiteFailure) -> OpenStream {
        let stream = OpenStream(query, try begin(query))
        session.stream = stream
        return stream
    }

    /// The next rows; none: it is over.
    func rows(of stream: OpenStream) throws(SQLiteFailure) -> [SQLRow] {
        if isInherited { throw .refused(.inherited(settings.path)) }
        noteCall()
        if isPoisoned || session.isLost { throw .refused(.transactionLost) }
        guard session.stream === stream else { throw .refused(.streamOver) }
        if stream.lacksStatement { try renew(stream) }
        let statement = stream.statement
        if !stream.isRunning {
            do { try bind(stream.query, to: statement) } catch {
                session.stream = nil
                throw error
            }
        }
        interruption.statement = statement.pointer
        var code = sqlite3_step(statement.pointer)
        guard code == SQLITE_ROW else { return try end(stream, code) }
        stream.isRunning = true
        statement.noticeRecompilation()
        let columns = statement.columns
        let width = columns.count
        var cells: [SQLValue] = []
        cells.reserveCapacity(width * stream.chunk)
        var height = 0
        var bytes = 0
        while true {
            for index in 0..<width {
                let value = statement.value(at: Int32(truncatingIfNeeded: index))
                bytes += value.footprint
                cells.append(value)
            }
            height += 1
            // A statement that writes is finished in one turn: whoever has seen a row of it, and leaves, would end it, and
            // commit it, where nobody could be told that this has failed. SQLite has all of its rows in memory, too.
            if statement.isReadOnly, height == stream.chunk || bytes >= Self.chunkBytes { break }
            code = sqlite3_step(statement.pointer)
            if code != SQLITE_ROW {
                _ = try end(stream, code)
                break
            }
        }
        stream.chunk = min(stream.chunk * 2, Self.chunkRows)
        return (0..<height).map { SQLRow(columns: columns, cells: cells, offset: $0 * width) }
    }

    private func end(_ stream: OpenStream, _ code: Int32) throws(SQLiteFailure) -> [SQLRow] {
        do {
            try finish(stream.statement, code)
        } catch {
            // Before its first row a statement that met a lock may be tried again.
            if case .locked = error, !stream.isRunning {
                stream.lacksStatement = stream.statement.isOneOff
                throw error
            }
            session.stream = nil
            if case .locked(let cause) = error { throw .refused(cause) }
            throw error
        }
        // It stays the connection's stream until somebody asks for more, or nobody can: whether another statement is
        // refused must not depend on how many rows there happen to be.
        stream.isOver = true
        return []
    }

    private func renew(_ stream: OpenStream) throws(SQLiteFailure) {
        session.stream = nil
        defer { session.stream = stream }
        stream.statement = try begin(stream.query)
        stream.lacksStatement = false
    }

    /// Somebody has seen that it is over.
    func forget(_ stream: OpenStream) {
        if session.stream === stream { session.stream = nil }
    }

    /// Makes way for another statement: ends a stream that nobody reads any more.
    @inline(never)
    func endAbandonedStream() throws(SQLiteFailure) {
        guard let stream = session.stream else { return }
        guard stream.isAbandoned else { throw .refused(.streamOpen) }
        endStream()
    }

    /// Ends a stream whoever reads it.
    func endStream() {
        guard let stream = session.stream else { return }
        session.stream = nil
        if stream.isOver || stream.lacksStatement { return }
        reset(stream.statement)
        session.isInTransaction = sqlite3_get_autocommit(database) == 0
        if let writeLog { noteWrites(of: stream.statement, to: writeLog) }
    }
}

extension SQLValue {
    /// About how many bytes it keeps.
    fileprivate var footprint: Int {
        switch self {
        case .text(let text): MemoryLayout<SQLValue>.stride + text.utf8.count
        case .blob(let bytes): MemoryLayout<SQLValue>.stride + bytes.count
        default: MemoryLayout<SQLValue>.stride
        }
    }
}

extension SQLError {
    fileprivate static var streamOpen: SQLError {
        SQLError(
            .streamOpen,
            "the rows of a stream are still being read on this connection; read them to the end or leave the loop, "
                + "or run the statement on another connection")
    }

    fileprivate static var streamOver: SQLError {
        SQLError(.other, "the rows of this stream can't be read any more: its transaction or its loan has ended")
    }
}
