/// Where the rows of an ``SQLRowStream`` come from: what a driver provides.
///
/// Belongs to one loan. Its calls come one after the other; ``abandon()`` may come at any time and from any thread.
public protocol SQLCursor: AnyObject, Sendable {
    /// The next rows, as many as a driver finds worth one turn; none: the result is over, and nothing of it is open.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`, after which nothing of the result is open.
    nonisolated(nonsending) func next() async throws -> [SQLRow]

    /// Nobody wants the rest. Must not block and does not have to close anything at once: the connection's next
    /// operation, or its return to the pool, finds out.
    func abandon()
}
