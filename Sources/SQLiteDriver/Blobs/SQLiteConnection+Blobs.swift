internal import CSQLite
public import PoolingSQL

/// Which value a blob is.
struct BlobPlace: Sendable {
    var database: String
    var table: String
    var column: String
    var row: Int64
    var isWritable: Bool
}

// One attempt at one call on a blob, synchronously.
extension SQLiteConnection {
    func openBlob(_ place: BlobPlace) throws(SQLiteFailure) -> (number: UInt64, size: Int) {
        noteCall()
        if isPoisoned || session.isLost { throw .refused(.transactionLost) }
        if session.stream != nil { try endAbandonedStream() }
        if session.isReadOnly, place.isWritable { throw .refused(.readOnlyTransaction) }
        for name in [place.database, place.table, place.column] where name.utf8.contains(0) {
            throw .refused(SQLError(.syntax, "the name of a table or column contains a NUL character"))
        }
        var pointer: OpaquePointer?
        var code = open(place, &pointer)
        // SQLite looks for the table in the schema as this connection has seen it last. A statement makes it look whether
        // somebody has changed that.
        if code == SQLITE_ERROR {
            _ = try? collect("SELECT 1 FROM \(identifier: place.database).sqlite_schema LIMIT 1")
            interruption.statement = nil
            code = open(place, &pointer)
        }
        guard code == SQLITE_OK, let pointer else {
            throw failure(blobError(code, "the blob in \(place.table).\(place.column) can't be opened"), code)
        }
        if place.isWritable, writeLog != nil, place.database.lowercased() == "main" {
            written.change.tables.insert(place.table)
        }
        return (blobs.insert(pointer, isWritable: place.isWritable), Int(sqlite3_blob_bytes(pointer)))
    }

    private func open(_ place: BlobPlace, _ pointer: inout OpaquePointer?) -> Int32 {
        sqlite3_blob_open(
            database, place.database, place.table, place.column, place.row, place.isWritable ? 1 : 0, &pointer)
    }

    func readBlob(_ number: UInt64, _ count: Int, at offset: Int) throws(SQLiteFailure) -> [UInt8] {
        let blob = try blob(number)
        let range = try range(of: blob, count, at: offset)
        var code = SQLITE_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            code = sqlite3_blob_read(blob.pointer, buffer.baseAddress, range.count, range.offset)
            filled = code == SQLITE_OK ? count : 0
        }
        try check(code, blob, "the blob can't be read")
        return bytes
    }

    func writeBlob(_ number: UInt64, _ bytes: [UInt8], at offset: Int) throws(SQLiteFailure) {
        let blob = try blob(number)
        guard blob.isWritable else {
            throw .refused(
                SQLError(.readOnly, "the blob was opened for reading; open it with access: .readWrite to write to it"))
        }
        let range = try range(of: blob, bytes.count, at: offset)
        let code = bytes.withUnsafeBytes {
            sqlite3_blob_write(blob.pointer, $0.baseAddress, range.count, range.offset)
        }
        try check(code, blob, "the blob can't be written")
    }

    /// - Returns: the size of the other row's blob.
    func reopenBlob(_ number: UInt64, row: Int64) throws(SQLiteFailure) -> Int {
        let blob = try blob(number)
        try check(
            sqlite3_blob_reopen(blob.pointer, row), blob, "the blob can't be moved to another row", isFatal: true)
        return Int(sqlite3_blob_bytes(blob.pointer))
    }

    /// Closes it whatever happens; nothing is to be repeated.
    func closeBlob(_ number: UInt64) throws(SQLiteFailure) {
        noteCall()
        guard let blob = blobs.remove(number) else { return }
        let code = sqlite3_blob_close(blob.pointer)
        if code != SQLITE_OK, code != blob.code {
            throw failure(blobError(code, "the blob could not be closed"), code)
        }
        if session.stream?.isAbandoned == true { endStream() }
        // Outside of a transaction the end of the last blob is the end of what it read in (F45), but for a stream.
        if blobs.isEmpty, session.stream == nil, sqlite3_get_autocommit(database) != 0,
            sqlite3_txn_state(database, nil) != SQLITE_TXN_NONE
        {
            poison()
            throw .refused(SQLError(.other, "a blob was closed, and what it had read in did not end with it"))
        }
    }

    private func blob(_ number: UInt64) throws(SQLiteFailure) -> OpenBlobs.Entry {
        noteCall()
        if isPoisoned || session.isLost { throw .refused(.transactionLost) }
        guard let blob = blobs.entry(number) else {
            throw .refused(
                SQLError(.blobExpired, "the blob was used after it had been closed; keep the work inside of withBlob"))
        }
        if blob.isExpired { throw .refused(blobError(SQLITE_ABORT, "the blob can't be used any more")) }
        return blob
    }

    private func range(
        of blob: OpenBlobs.Entry, _ count: Int, at offset: Int
    ) throws(SQLiteFailure) -> (count: Int32, offset: Int32) {
        let size = Int(sqlite3_blob_bytes(blob.pointer))
        guard count >= 0, offset >= 0, offset <= size, count <= size - offset else {
            throw .refused(
                SQLError(
                    .blobRange,
                    "\(count) bytes at offset \(offset) are not in the blob, which has \(size); its size can't be "
                        + "changed through it: store a zeroblob of the new size first"))
        }
        return (Int32(clamping: count), Int32(clamping: offset))
    }

    private func check(
        _ code: Int32, _ blob: OpenBlobs.Entry, _ what: String, isFatal: Bool = false
    ) throws(SQLiteFailure) {
        let isExpired = code != SQLITE_OK && (isFatal || code & 0xFF == SQLITE_ABORT)
        blobs.note(code, of: blob.number, isExpired: isExpired)
        if code != SQLITE_OK { throw failure(blobError(code, what), code) }
    }

    private func blobError(_ code: Int32, _ what: String) -> SQLError {
        var error = SQLError.sqlite(code, of: database, path: settings.path)
        if code & 0xFF == SQLITE_ABORT {
            error.kind = .blobExpired
            error.message =
                "\(what): its row was changed or deleted, its transaction was undone, or it could not be moved to "
                + "another row; open it again"
        } else if code == SQLITE_ERROR {
            // SQLite names the row, which is a value of the program's user.
            let cause = error.message.hasPrefix("no such rowid") ? "there is no such row" : error.message
            error.message = "\(what): \(cause)"
        }
        return error
    }
}

extension SQLError.Kind {
    /// The blob that a call was made on is no more: it has been closed, or its row has been changed.
    public static let blobExpired = SQLError.Kind("blobExpired")
    /// The bytes that were asked for lie outside of the blob.
    public static let blobRange = SQLError.Kind("blobRange")
}

extension SQLError {
    /// SQLite would refuse a savepoint, and the commit of a transaction that was begun meanwhile.
    static var blobIsBeingWritten: SQLError {
        SQLError(
            .other,
            "no transaction can begin while a blob is open for writing; begin it first, and call withBlob inside of it")
    }
}
