public import PoolingCore

/// One statement or one transaction, each in a loan of its own. Several statements that belong together but need no
/// transaction go into one `withConnection`.
extension Pool where Driver: SQLDriver {
    /// Runs a statement and collects its rows.
    ///
    ///     let rows = try await pool.query("SELECT name FROM users WHERE id = \(id)")
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
    @inlinable public nonisolated(nonsending) func query(
        _ query: SQLQuery, timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [SQLRow] {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) { try await $0.query(query) }
    }

    /// Runs a statement for its effect; rows are dropped.
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func execute(
        _ query: SQLQuery, timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> SQLResult {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) { try await $0.execute(query) }
    }

    /// Runs statements for their effects in one transaction: all of them or none.
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Returns: what each of them has done, in their order.
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func batch(
        _ queries: [SQLQuery], timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> [SQLResult] {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) { try await $0.batch(queries) }
    }

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Throws: what `body` throws, ``SQLError``, `PoolError` or `CancellationError`.
    @inlinable @discardableResult public nonisolated(nonsending) func transaction<R>(
        _ options: SQLTransactionOptions = .readWrite, timeout: Duration? = nil,
        fileID: StaticString = #fileID, line: UInt = #line,
        _ body: nonisolated(nonsending) (Driver.Handle) async throws -> R
    ) async throws -> R {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) {
            try await $0.transaction(options, body)
        }
    }
}
