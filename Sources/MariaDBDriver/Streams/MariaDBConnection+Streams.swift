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
        let isOver = try await readRows(of: stream.statement, into: stream.collector) {
            $0.height >= Self.chunkRows || $0.bytes >= Self.chunkBytes
        }
        guard isOver else { return }
        stream.isOver = true
        try await finishStream(stream)
    }

    /// Its last row was read: what a procedure returns besides is dropped.
    private nonisolated(nonsending) func finishStream(_ stream: OpenStream) async throws {
        try await discardResults(of: stream.statement)
        try await conclude(nil, of: stream.statement)
        endUse(of: stream.statement)
    }

    /// Makes way for another statement: ends a stream that nobody reads any more. In a transaction what a statement does
    /// that was left belongs to it: it is read to its end (F44).
    package nonisolated(nonsending) func endAbandonedStream() async throws {
        guard let stream = session.stream else { return }
        guard stream.isAbandoned else { throw SQLError.streamOpen }
        session.stream = nil
        do {
            try await endStream(stream, isKept: isInTransaction && !stream.statement.reads)
        } catch  where isPoisoned {
            // Nothing of what comes next was sent.
            throw SQLError.connectionIsOver
        }
    }

    /// Ends a stream whoever reads it. What is left of one that is not to be kept is not read to its end: the server is
    /// asked to stop, unless all of it is here already.
    nonisolated(nonsending) func endStream(_ stream: OpenStream, isKept: Bool = false) async throws {
        if stream.isOver { return }
        stream.isOver = true
        let former = limits
        defer { limits = former }
        // A short result is here in a moment; a long one is stopped.
        limits = OperationLimits(deadline: isKept ? former.deadline : .now + 5_000_000, isCancellable: false)
        do {
            try await discardRows(of: stream.statement)
            try await finishStream(stream)
        } catch let error as SQLError where !isKept && (error.kind == .interrupted || error.vendorCode == 1317) {
            // Also of a procedure that was stopped midway: nobody waits for what else it has to say.
        }
        if isPoisoned { throw SQLError.connectionIsOver }
    }
}
