internal import PoolingCore
internal import PoolingSQL

/// Gives the rows of an ``OpenStream`` to a borrower, some at a time.
final class MariaDBCursor: SQLCursor {
    private let handle: MariaDBHandle
    private let stream: OpenStream

    init(_ stream: OpenStream, of handle: MariaDBHandle) {
        self.stream = stream
        self.handle = handle
    }

    nonisolated(nonsending) func next() async throws -> [SQLRow] {
        do {
            let (handle, stream) = (handle, stream)
            try handle.enter()
            defer { handle.leave() }
            return try await handle.connection.rows(of: stream)
        } catch {
            // Whoever has been told so asks no more, and may keep the cursor.
            stream.abandon()
            throw error
        }
    }

    func abandon() { stream.abandon() }
}
