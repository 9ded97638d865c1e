internal import PoolingSQL
internal import Synchronization

/// The bytes of a `COPY … TO STDOUT` as they come, in chunks of whole rows: see ``PGHandle/copyOut(_:)``.
///
/// Read once, inside of the loan. A chunk is not much larger than 64 KiB, unless a single row is.
public struct PostgresCopyStream: AsyncSequence, Sendable {
    public typealias Element = [UInt8]
    public typealias Failure = any Error

    /// Reads for whoever iterates, and tells the connection when nobody can any more.
    final class Cursor: Sendable {
        private let handle: PGHandle
        private let stream: OpenStream

        init(_ stream: OpenStream, of handle: PGHandle) {
            self.stream = stream
            self.handle = handle
        }

        deinit { stream.abandon() }

        nonisolated(nonsending) func next() async throws -> [UInt8] {
            do {
                let (handle, stream) = (handle, stream)
                try handle.enter()
                defer { handle.leave() }
                return try await handle.connection.chunk(of: stream)
            } catch {
                stream.abandon()
                throw error
            }
        }
    }

    /// What has not been handed to an iterator: the loop that is left has to be the last one to hold the cursor.
    private final class Origin: Sendable {
        private let cursor: Mutex<Cursor?>
        init(_ cursor: Cursor) { self.cursor = Mutex(cursor) }
        func take() -> Cursor? { cursor.withLock { $0.take() } }
    }

    private let origin: Origin

    init(_ cursor: Cursor) { origin = Origin(cursor) }

    public func makeAsyncIterator() -> Iterator { Iterator(cursor: origin.take()) }

    public struct Iterator: AsyncIteratorProtocol {
        private let cursor: Cursor?
        private var isOver = false

        fileprivate init(cursor: Cursor?) { self.cursor = cursor }

        /// The next rows; nil at the end.
        /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
        public nonisolated(nonsending) mutating func next() async throws -> [UInt8]? {
            try await next(isolation: #isolation)
        }

        /// The next rows; nil at the end.
        /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            if isOver { return nil }
            guard let cursor else {
                throw SQLError(.other, "the rows of a COPY can be read once; run the statement again")
            }
            do {
                let bytes = try await cursor.next()
                isOver = bytes.isEmpty
                return isOver ? nil : bytes
            } catch {
                isOver = true
                throw error
            }
        }
    }
}
