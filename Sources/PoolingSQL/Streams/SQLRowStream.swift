internal import Synchronization

/// The rows of a statement as they come, in bounded memory:
///
///     for try await row in try await connection.stream("SELECT id, name FROM users") { … }
///
/// Read once, inside of the loan. Until it is over, left or dropped, its connection does nothing else: another
/// statement is refused with an ``SQLError`` of kind `.streamOpen`, on every database alike. Leaving the loop ends it.
///
/// A row shares memory with the few rows that came with it: decode what you want to keep.
public struct SQLRowStream: AsyncSequence, Sendable {
    public typealias Element = SQLRow
    public typealias Failure = any Error

    /// Tells the cursor when nobody can ask for rows any more.
    fileprivate final class Reader: Sendable {
        let cursor: any SQLCursor
        init(_ cursor: any SQLCursor) { self.cursor = cursor }
        deinit { cursor.abandon() }
    }

    /// What has not been handed to an iterator: the loop that is left has to be the last one to hold the reader, even
    /// while the stream itself is still in some variable.
    private final class Origin: Sendable {
        private let reader: Mutex<Reader?>
        init(_ reader: Reader) { self.reader = Mutex(reader) }
        func take() -> Reader? { reader.withLock { $0.take() } }
    }

    private let origin: Origin

    /// For drivers.
    public init(_ cursor: some SQLCursor) { origin = Origin(Reader(cursor)) }

    public func makeAsyncIterator() -> Iterator { Iterator(reader: origin.take()) }

    public struct Iterator: AsyncIteratorProtocol {
        private let reader: Reader?
        private var rows: [SQLRow] = []
        private var position = 0
        private var isOver = false

        fileprivate init(reader: Reader?) { self.reader = reader }

        /// The next row; nil at the end.
        /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
        public nonisolated(nonsending) mutating func next() async throws -> SQLRow? {
            try await next(isolation: #isolation)
        }

        /// The next row; nil at the end.
        /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> SQLRow? {
            if position < rows.count {
                defer { position += 1 }
                return rows[position]
            }
            if isOver { return nil }
            guard let reader else {
                throw SQLError(.other, "the rows of a stream can be read once; run the statement again")
            }
            rows = []
            position = 0
            do {
                rows = try await reader.cursor.next()
            } catch {
                isOver = true
                throw error
            }
            isOver = rows.isEmpty
            guard let row = rows.first else { return nil }
            position = 1
            return row
        }
    }
}
