internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// One stream at a time, of one statement, whose rows are read as they come. It is over when its last row was read, when its
// statement failed, when somebody who has abandoned it uses the connection again, at the end of its transaction and at the
// end of the loan.
extension MariaDBConnection {
    /// The most that a stream hands out at once, but for a single row that is larger.
    private static var chunkBytes: Int { 64 << 10 }
    private static var chunkRows: Int { 512 }

    /// Sends a statement whose rows are read row by row.
    nonisolated(nonsending) func open(_ query: SQLQuery) async throws -> OpenStream {
        try await admit()
        let statement = try await execute(query)
        let stream = OpenStream(statement)
        session.stream = stream
        return stream
    }

    /// The next rows; none: it is over.
    nonisolated(nonsending) func rows(of stream: OpenStream) async throws -> [SQLRow] {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        guard session.stream === stream else {
            throw SQLError(
                .other, "the rows of this stream can't be read any more: its transaction or its loan has ended")
        }
        if stream.isOver {
            session.stream = nil
            return []
        }
        do {
            try await read(stream)
        } catch {
            session.stream = nil
            throw error
        }
        let rows = stream.collector.rows
        stream.collector.forgetRows()
        // It stays the connection's stream until somebody asks for more, or nobody can: whether another statement is
        // refused must not depend on how many rows there happen to be.
        if rows.isEmpty { session.stream = nil }
        return rows
    }

    private nonisolated(nonsending) func read(_ stream: OpenStream) async throws {
        let handle = stream.statement.handle
        let collector = stream.collector
        while collector.height < Self.chunkRows, collector.bytes < Self.chunkBytes {
            var outcome: Int32 = MYSQL_NO_DATA
            if handle.pointee.field_count > 0 {
                if Task.isCancelled, limits.isCancellable, stopping == nil {
                    // The rows that are here would be handed out for long without a wait that notices.
                    session.stream = nil
                    try await endStream(stream)
                    throw CancellationError()
                }
                try await drive(
                    { mysql_stmt_fetch_start(&outcome, handle) }, { mysql_stmt_fetch_cont(&outcome, handle, $0) })
            }
            switch outcome {
            case 0, MYSQL_DATA_TRUNCATED: collector.endRow()
            case MYSQL_NO_DATA:
                stream.isOver = true
                return try await finishStream(stream)
            default:
                let refusal = ServerError(handle)
                mysql_stmt_free_result(handle)
                try await conclude(refusal, of: stream.statement)
                throw SQLError.uncertain(.closing)
            }
        }
    }

    /// Its last row was read: what a procedure returns besides is dropped.
    private nonisolated(nonsending) func finishStream(_ stream: OpenStream) async throws {
        let handle = stream.statement.handle
        if handle.pointee.field_count > 0 { mysql_stmt_free_result(handle) }
        while mysql_stmt_more_results(handle) != 0 {
            var outcome: Int32 = 0
            try await drive(
                { mysql_stmt_next_result_start(&outcome, handle) },
                { mysql_stmt_next_result_cont(&outcome, handle, $0) })
            if outcome > 0 { return try await conclude(ServerError(handle)) }
            try await discardRows(handle)
        }
        try await conclude(nil, of: stream.statement)
        endUse(of: stream.statement)
    }

    /// Reads what is left of a result.
    private nonisolated(nonsending) func discardRows(_ handle: UnsafeMutablePointer<MYSQL_STMT>) async throws {
        guard handle.pointee.field_count > 0 else { return }
        var failed: my_bool = 0
        try await drive(
            { mysql_stmt_free_result_start(&failed, handle) }, { mysql_stmt_free_result_cont(&failed, handle, $0) })
    }

    /// Makes way for another statement: ends a stream that nobody reads any more.
    package nonisolated(nonsending) func endAbandonedStream() async throws {
        guard let stream = session.stream else { return }
        guard stream.isAbandoned else { throw SQLError.streamOpen }
        session.stream = nil
        try await endStream(stream)
    }

    /// Ends a stream whoever reads it. Stopping a statement that only reads ends no transaction, so that what is left is not
    /// read to its end: the server is asked to stop, unless all of it is here already.
    nonisolated(nonsending) func endStream(_ stream: OpenStream) async throws {
        if stream.isOver { return }
        stream.isOver = true
        let handle = stream.statement.handle
        let former = limits
        defer { limits = former }
        // A short result is here in a moment; a long one is stopped.
        limits = OperationLimits(deadline: .now + 5_000_000, isCancellable: false)
        do {
            try await discardRows(handle)
            try await finishStream(stream)
        } catch let error as SQLError where error.kind == .interrupted {
        }
        if isPoisoned { throw SQLError.connectionIsOver }
    }
}
