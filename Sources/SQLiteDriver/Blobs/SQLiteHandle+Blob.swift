internal import PoolingCore
internal import PoolingSQL

extension SQLiteHandle {
    /// Opens one value for reading or writing it piece by piece, without ever having the whole of it in memory.
    ///
    ///     let row = try await handle.execute("INSERT INTO files(body) VALUES(zeroblob(\(size)))").lastInsertID
    ///     try await handle.withBlob(in: "files", column: "body", row: row ?? 0, access: .readWrite) { blob in
    ///         try await blob.writeChunks { try await upload.nextChunk() }
    ///     }
    ///
    /// Inside of a transaction the blob is part of it. Outside, one that is opened for reading is a reader of its own:
    /// until `body` returns, the connection sees the file as it is now, and the write-ahead log can't be shortened (F45).
    /// One that is opened for writing has a transaction of its own: what `body` does, by statements too, is committed
    /// when it returns, and undone when it throws.
    ///
    /// A statement that changes the row, in whichever column, ends the blob. While one is open for writing, no
    /// transaction can begin on this connection.
    ///
    /// - Parameters:
    ///   - table: a table with a rowid, by its name: no view, no virtual table, not `WITHOUT ROWID`.
    ///   - column: holds a blob or text in this row. To be written it must not be part of an index or key.
    ///   - row: the rowid, which is the `INTEGER PRIMARY KEY` if the table has one.
    ///   - database: what the file is attached as.
    /// - Throws: what `body` throws; ``PoolingSQL/SQLError``, also if the commit fails; `PoolError` or
    ///   `CancellationError`. A lock is waited for as statements do (F42). However it ends, the blob is closed before.
    @discardableResult
    public nonisolated(nonsending) func withBlob<R>(
        in table: String, column: String, row: Int64, database: String = "main",
        access: SQLiteBlob.Access = .readOnly,
        _ body: nonisolated(nonsending) (SQLiteBlob) async throws -> R
    ) async throws -> R {
        let place = BlobPlace(
            database: database, table: table, column: column, row: row, isWritable: access == .readWrite)
        // SQLite would commit by itself at the blob's close: a lock met there undoes everything, and nothing can be
        // tried again. A real transaction waits for it, and can be undone.
        if place.isWritable, try !isInTransaction() {
            return try await transaction { handle in try await handle.withOpenBlob(place, body) }
        }
        return try await withOpenBlob(place, body)
    }

    private func isInTransaction() throws -> Bool {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        return connection.session.isInTransaction
    }

    private nonisolated(nonsending) func withOpenBlob<R>(
        _ place: BlobPlace, _ body: nonisolated(nonsending) (SQLiteBlob) async throws -> R
    ) async throws -> R {
        let blob = try await open(place)
        let result: R
        do { result = try await body(blob) } catch {
            // What went wrong first is what is told.
            try? await close(blob)
            throw error
        }
        try await close(blob)
        return result
    }

    private nonisolated(nonsending) func open(_ place: BlobPlace) async throws -> SQLiteBlob {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        let (number, size) = try await connection.run { connection throws(SQLiteFailure) in
            try connection.openBlob(place)
        }
        return SQLiteBlob(connection, loan, number: number, size: size)
    }

    private nonisolated(nonsending) func close(_ blob: SQLiteBlob) async throws {
        do { try connection.gate.enter(loan) } catch {
            // The loan has ended: whoever cleans up after it closes the blob. Or another task is inside: then the blob
            // stays open, and what it is part of can't be ended.
            if error.code == .concurrentUse { connection.poison() }
            throw error
        }
        defer { connection.leave(loan) }
        let number = blob.number
        let outcome = await connection.attempt { connection throws(SQLiteFailure) in try connection.closeBlob(number) }
        if case .failure(let failure) = outcome { throw failure.thrown }
    }
}
