public import PoolingCore
public import PoolingSQL

/// One `COPY`, in a loan of its own.
extension Pool where Driver == Postgres {
    /// Runs a `COPY … TO STDOUT`, whose bytes `body` reads.
    ///
    ///     try await pool.copyOut("COPY orders TO STDOUT") { for try await lines in $0 { … } }
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Throws: what `body` throws; otherwise as ``PGHandle/copyOut(_:)``.
    @discardableResult
    public nonisolated(nonsending) func copyOut<R>(
        _ query: SQLQuery, timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: nonisolated(nonsending) (PostgresCopyStream) async throws -> R
    ) async throws -> R {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) {
            try await body(try await $0.copyOut(query))
        }
    }

    /// Runs a `COPY … FROM STDIN` with the bytes of `source`: see ``PGHandle/copyIn(_:from:)``.
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Returns: how many rows were copied.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ query: SQLQuery, from source: Source, timeout: Duration? = nil, fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Int where Source.Element: Collection<UInt8> {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) {
            try await $0.copyIn(query, from: source)
        }
    }

    /// Copies rows of values into a table: all of them or none, as text.
    ///
    /// - Parameters:
    ///   - timeout: bounds the wait for a connection. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks name as the place of the loan.
    /// - Returns: how many rows were copied.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Rows: Sequence>(
        to table: String, in schema: String? = nil, columns: [String], rows: Rows, timeout: Duration? = nil,
        fileID: StaticString = #fileID, line: UInt = #line
    ) async throws -> Int where Rows.Element == [any SQLEncodable] {
        try await withConnection(timeout: timeout, fileID: fileID, line: line) {
            try await $0.copyIn(to: table, in: schema, columns: columns, rows: rows)
        }
    }
}
