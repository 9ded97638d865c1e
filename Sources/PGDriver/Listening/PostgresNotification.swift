/// What a `NOTIFY` has sent.
public struct PostgresNotification: Sendable, Hashable {
    public var channel: String
    /// Empty if there was none.
    public var payload: String
    /// The process of the session that has sent it, as `pg_backend_pid()` tells it there.
    public var process: Int
    /// How many were dropped between the one before and this one, since nobody had read them in time.
    public var dropped: Int

    public init(channel: String, payload: String, process: Int, dropped: Int = 0) {
        self.channel = channel
        self.payload = payload
        self.process = process
        self.dropped = dropped
    }
}

/// The notifications of a ``PostgresListener``, in the order in which the server has sent them. Read by one task: of two
/// that wait at once the first is told that it is over.
public struct PostgresNotifications: AsyncSequence, Sendable {
    public typealias Element = PostgresNotification
    public typealias Failure = any Error

    /// It goes on for as long as somebody reads.
    let listener: PostgresListener

    public func makeAsyncIterator() -> Iterator { Iterator(listener: listener) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let listener: PostgresListener

        /// The next notification; nil once the listener was closed, or its pool shut down.
        /// - Throws: ``PoolingSQL/SQLError`` of kind `.connectionLost`, once: what was sent since then is missed.
        ///   `CancellationError`.
        public nonisolated(nonsending) mutating func next() async throws -> PostgresNotification? {
            try await listener.buffer.next()
        }

        /// The next notification; nil once the listener was closed, or its pool shut down.
        /// - Throws: ``PoolingSQL/SQLError`` of kind `.connectionLost`, once: what was sent since then is missed.
        ///   `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> PostgresNotification? {
            try await listener.buffer.next()
        }
    }
}
