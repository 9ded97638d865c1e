public import PoolingCore

extension Pool where Driver == Postgres {
    /// A listener with a connection of this pool, which leaves the pool for good: its place is free at once. It ends when
    /// the pool's shutdown begins, and holds that up for no time (F54).
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - bufferLimit, checkInterval: see ``PostgresListener/init(_:bufferLimit:checkInterval:)``.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Throws: `PoolError` or `CancellationError`; ``PoolingSQL/SQLError`` behind a pooler of transactions.
    public nonisolated(nonsending) func listener(
        timeout: Duration? = nil, bufferLimit: Int = 1024, checkInterval: Duration = .seconds(60),
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> PostgresListener {
        try driver.requireSession()
        let lease = try await lease(timeout: timeout, fileID: fileID, line: line)
        // A shutdown was quicker.
        guard let connection = lease.detachIfCurrent() else { throw PoolError(.shutDown) }
        let listener = PostgresListener(connection, bufferLimit: bufferLimit, checkInterval: checkInterval)
        let core = core
        let number = core.whenShutDown(listener.end)
        listener.whenOver { core.forgetDependant(number) }
        return listener
    }
}
