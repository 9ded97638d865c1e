internal import PoolingCore
internal import PoolingSQL

/// Gives the rows of an ``OpenStream`` to a borrower: one turn on the executor for some hundred rows.
final class SQLiteCursor: SQLCursor {
    private let connection: SQLiteConnection
    private let loan: LoanID
    private let stream: OpenStream

    init(_ stream: OpenStream, on connection: SQLiteConnection, loan: LoanID) {
        self.stream = stream
        self.connection = connection
        self.loan = loan
    }

    nonisolated(nonsending) func next() async throws -> [SQLRow] {
        do { return try await rows() } catch {
            // Whoever has been told so asks no more, and may keep the cursor.
            stream.abandon()
            throw error
        }
    }

    private nonisolated(nonsending) func rows() async throws -> [SQLRow] {
        let stream = stream
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        // The last turn needs no thread of the executor.
        if stream.isOver {
            connection.forget(stream)
            return []
        }
        try Task.checkCancellation()
        return try await connection.run { connection throws(SQLiteFailure) in try connection.rows(of: stream) }
    }

    func abandon() { stream.abandon() }
}
