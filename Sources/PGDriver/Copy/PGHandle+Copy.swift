public import PoolingSQL

extension PGHandle {
    /// Runs a `COPY … TO STDOUT`, and gives its bytes as they come, in bounded memory.
    ///
    ///     for try await lines in try await connection.copyOut("COPY orders TO STDOUT") { … }
    ///
    /// As with a stream of rows, the connection does nothing else until all of it was read or the loop was left, and
    /// leaving stops it. In a transaction the rest is read instead, since stopping would end the transaction.
    ///
    /// - Returns: chunks of whole rows, in the format that the statement asks for. Read once, inside of the loan. One that
    ///   is cut off ends with an error and never as if that had been all (F21).
    /// - Throws: ``SQLError``, `PoolError` or `CancellationError`; reading throws them, too. Of kind `.syntax` if the
    ///   statement is another one: nothing was copied then, and the connection goes on.
    public nonisolated(nonsending) func copyOut(_ query: SQLQuery) async throws -> PostgresCopyStream {
        try enter()
        defer { leave() }
        let stream = try await connection.openCopy(query)
        return PostgresCopyStream(PostgresCopyStream.Cursor(stream, of: self))
    }

    /// Runs a `COPY … FROM STDIN` with bytes in the format that the statement asks for. Where one chunk ends and the next
    /// begins means nothing.
    ///
    /// The source is asked for more only when the socket has taken what came before, so that a server that is slow slows
    /// the source. All of it is copied or nothing: an error that the source throws ends the copy and is thrown, and so do
    /// a deadline and the cancellation of the task. While the source is waited for only it can notice those. A row that
    /// the server refuses is told when the source has ended.
    ///
    /// - Returns: how many rows were copied.
    /// - Throws: what the source throws, ``SQLError``, `PoolError` or `CancellationError`. Of kind `.syntax` if the
    ///   statement is another one: nothing was copied then, and the connection goes on.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Source: AsyncSequence>(
        _ query: SQLQuery, from source: Source
    ) async throws -> Int where Source.Element: Collection<UInt8> {
        try enter()
        defer { leave() }
        return try await connection.copyIn(query, from: source) { limits }
    }

    /// Copies rows of values into a table, as text. Much faster than `INSERT` for many rows.
    ///
    ///     try await connection.copyIn(to: "orders", columns: ["id", "total"], rows: orders.map { [$0.id, $0.total] })
    ///
    /// All rows are copied or none: see ``copyIn(_:from:)``.
    ///
    /// - Parameters:
    ///   - table: its name as it is, and not quoted.
    ///   - schema: where the table is; nil: wherever the session finds it.
    ///   - columns: those that the values of a row are for, in their order.
    ///   - rows: made when they are wanted, if the sequence is lazy.
    /// - Returns: how many rows were copied.
    /// - Throws: as ``copyIn(_:from:)``, and ``SQLError`` of kind `.typeMismatch` that names the row and not the value.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Rows: Sequence>(
        to table: String, in schema: String? = nil, columns: [String], rows: Rows
    ) async throws -> Int where Rows.Element == [any SQLEncodable] {
        try await copyIn(to: table, in: schema, columns: columns, rows: CopyList(rows))
    }

    /// Copies rows of values into a table as they come.
    ///
    /// As with rows that are there already; the source is asked for more when the socket has taken what came before.
    @discardableResult
    public nonisolated(nonsending) func copyIn<Rows: AsyncSequence>(
        to table: String, in schema: String? = nil, columns: [String], rows: Rows
    ) async throws -> Int where Rows.Element == [any SQLEncodable] {
        let statement = try CopyRows<Rows>.statement(table, schema, columns)
        return try await copyIn(statement, from: CopyRows(rows, columns: columns.count))
    }
}
