internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// One stream at a time, of one statement, whose rows libpq hands out one by one. It is over when its last row was read,
// when its statement failed, when somebody who has abandoned it uses the connection again, at the end of its transaction
// and at the end of the loan.
extension PGConnection {
    /// The most that a stream hands out at once, but for a single row that is larger.
    private static var chunkBytes: Int { 64 << 10 }
    private static var chunkRows: Int { 512 }

    /// Sends a statement whose rows are read row by row.
    nonisolated(nonsending) func open(_ query: SQLQuery) async throws -> OpenStream {
        try await admit()
        let isInTransaction = isInTransaction
        let statement = try await begin(query)
        let stream = OpenStream(
            query, Reply(of: statement, keepsRows: true), isInTransaction: isInTransaction)
        session.stream = stream
        return stream
    }

    private nonisolated(nonsending) func begin(_ query: SQLQuery) async throws -> PreparedStatement {
        let (statement, _) = try await sent(query)
        if PQsetSingleRowMode(link) != 1 { poison() }
        return statement
    }

    /// The next rows; none: it is over.
    nonisolated(nonsending) func rows(of stream: OpenStream) async throws -> [SQLRow] {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        guard session.stream === stream else { throw SQLError.streamOver }
        if stream.isOver {
            session.stream = nil
            return []
        }
        do {
            try await read(stream)
        } catch let interruption as Interruption {
            session.stream = nil
            stream.reply.dropRows()
            try await settle(&stream.reply, interruption)
            try conclude(&stream.reply)
            // The server had sent the last of it before it was asked to stop.
            if interruption == .cancelled { throw CancellationError() }
            throw SQLError.readingStopped(
                mayChange: stream.reply.result.rowsAffected > 0
                    || stream.reply.statement.map { StatementTraits.mayChange($0.text) } ?? true)
        } catch {
            poison()
            session.stream = nil
            throw error
        }
        if stream.reply.isComplete {
            do { try conclude(&stream.reply) } catch {
                session.stream = nil
                guard stream.reply.isOutdated, let statement = stream.reply.statement else { throw error }
                forget(statement)
                // As for a statement that is no stream: nothing of it was executed (F30).
                if stream.isInTransaction || stream.isSecondTry { throw error }
                stream.repeat(try await begin(stream.query))
                session.stream = stream
                return try await rows(of: stream)
            }
            // It stays the connection's stream until somebody asks for more, or nobody can: whether another statement is
            // refused must not depend on how many rows there happen to be.
            stream.isOver = true
        }
        let rows = stream.reply.rows
        stream.reply.forgetRows()
        if rows.isEmpty { session.stream = nil }
        return rows
    }

    /// Reads at least one row, and what else is there already.
    private nonisolated(nonsending) func read(_ stream: OpenStream) async throws {
        try await flush(limits)
        var bytes = 0
        while !stream.reply.isComplete, stream.reply.height < Self.chunkRows, bytes < Self.chunkBytes {
            if stream.reply.height > 0, PQisBusy(link) == 1 { return }
            let result = try await nextResult(limits)
            defer { PQclear(result) }
            if let result { bytes += Int(PQresultMemorySize(result)) }
            try take(result, &stream.reply)
        }
    }

    /// Makes way for another statement: ends a stream that nobody reads any more.
    package nonisolated(nonsending) func endAbandonedStream() async throws {
        guard let stream = session.stream else { return }
        guard stream.isAbandoned else { throw SQLError.streamOpen }
        try await endStream(isKept: stream.isInTransaction)
    }

    /// Ends a stream whoever reads it.
    ///
    /// - Parameter isKept: its transaction is to go on: what is left of the rows is read then, since stopping the statement
    ///   would end the transaction.
    nonisolated(nonsending) func endStream(isKept: Bool) async throws {
        guard let stream = session.stream else { return }
        session.stream = nil
        if stream.isOver { return }
        var reply = stream.reply
        reply.dropRows()
        if isKept {
            while !reply.isComplete {
                let result = try await drained(&reply)
                if !result { break }
            }
        } else {
            try await drainStopped(&reply)
        }
        try? conclude(&reply)
        if isPoisoned || PQstatus(link) == CONNECTION_BAD { throw SQLError.connectionIsOver }
    }

    private nonisolated(nonsending) func drained(_ reply: inout Reply) async throws -> Bool {
        do {
            // Large values may be on their way still, and the server answers nothing before it has them.
            try await flush(limits)
            let result = try await nextResult(limits)
            defer { PQclear(result) }
            try take(result, &reply)
            return true
        } catch let interruption as Interruption {
            try await settle(&reply, interruption)
            return false
        }
    }

    private nonisolated(nonsending) func drainStopped(_ reply: inout Reply) async throws {
        do {
            // Most often all of it is here, and there is nothing to stop.
            while !reply.isComplete, !session.isCopyingOut, PQisBusy(link) == 0 {
                let result = PQgetResult(link)
                defer { PQclear(result) }
                try take(result, &reply)
            }
            if reply.isComplete { return }
            try await quiesce { connection, limits in
                try await connection.flush(limits)
                while !reply.isComplete {
                    let result = try await connection.nextResult(limits)
                    defer { PQclear(result) }
                    try connection.take(result, &reply)
                }
            }
        } catch {
            poison()
            throw SQLError.connectionIsOver
        }
    }
}

extension SQLError {
    fileprivate static var streamOver: SQLError {
        SQLError(.other, "the rows of this stream can't be read any more: its transaction or its loan has ended")
    }
}
