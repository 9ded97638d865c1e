internal import PoolingCore
internal import Synchronization

/// The bytes of one value in the file, to be read and written piece by piece: what
/// ``SQLiteHandle/withBlob(in:column:row:database:access:_:)`` lends.
///
/// It belongs to the loan of its handle. After `withBlob`, or when the row is changed meanwhile, its calls throw an error
/// of kind `.blobExpired`; after the loan and when two tasks use the connection at once, a `PoolError` (F51).
public final class SQLiteBlob: Sendable {
    public enum Access: Sendable, Hashable {
        case readOnly
        case readWrite
    }

    private let connection: SQLiteConnection
    private let loan: LoanID
    let number: UInt64
    private let size: Atomic<Int>

    init(_ connection: SQLiteConnection, _ loan: LoanID, number: UInt64, size: Int) {
        self.connection = connection
        self.loan = loan
        self.number = number
        self.size = Atomic(size)
    }

    /// Its size in bytes, which can't be changed through it. No call into SQLite.
    public var count: Int { size.load(ordering: .relaxed) }

    /// Reads `count` bytes, which are held in memory at once.
    ///
    /// - Parameter offset: in bytes, from 0.
    /// - Throws: ``PoolingSQL/SQLError``, of kind `.blobRange` if they are not all in the blob and of kind `.blobExpired`;
    ///   `PoolError` or `CancellationError`.
    public nonisolated(nonsending) func read(_ count: Int, at offset: Int = 0) async throws -> [UInt8] {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        let number = number
        return try await connection.run { connection throws(SQLiteFailure) in
            try connection.readBlob(number, count, at: offset)
        }
    }

    /// Writes `bytes` over those that are there. They are made durable with the transaction that `withBlob` stands in.
    ///
    /// - Parameter offset: in bytes, from 0.
    /// - Throws: ``PoolingSQL/SQLError``, of kind `.blobRange` if they would not all be in the blob, of kind
    ///   `.blobExpired` or `.readOnly`; `PoolError` or `CancellationError`.
    public nonisolated(nonsending) func write(_ bytes: [UInt8], at offset: Int = 0) async throws {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        let number = number
        try await connection.run { connection throws(SQLiteFailure) in
            try connection.writeBlob(number, bytes, at: offset)
        }
    }

    /// Moves to the same column of another row, for less than opening a blob costs.
    ///
    /// - Throws: as ``read(_:at:)`` does. After an error this blob can't be used any more.
    public nonisolated(nonsending) func reopen(row: Int64) async throws {
        try connection.gate.enter(loan)
        defer { connection.leave(loan) }
        try Task.checkCancellation()
        let number = number
        let size = try await connection.run { connection throws(SQLiteFailure) in
            try connection.reopenBlob(number, row: row)
        }
        self.size.store(size, ordering: .relaxed)
    }
}

extension SQLiteBlob {
    /// Reads all of it in pieces of `size` bytes, of which one is in memory at a time; the last one may be shorter.
    ///
    /// - Parameter size: less than 1 counts as 1.
    /// - Throws: as ``read(_:at:)`` does, and what `body` throws.
    public nonisolated(nonsending) func forEachChunk(
        of size: Int = 65_536, _ body: nonisolated(nonsending) ([UInt8]) async throws -> Void
    ) async throws {
        var offset = 0
        while offset < count {
            let chunk = try await read(min(max(size, 1), count - offset), at: offset)
            try await body(chunk)
            offset += chunk.count
        }
    }

    /// Writes the pieces that `next` gives, one after another from `offset` on, until it gives nil.
    ///
    /// - Returns: how many bytes were written.
    /// - Throws: as ``write(_:at:)`` does, and what `next` throws. Pieces that were written before that stay written, as
    ///   far as the transaction is committed.
    @discardableResult public nonisolated(nonsending) func writeChunks(
        at offset: Int = 0, _ next: nonisolated(nonsending) () async throws -> [UInt8]?
    ) async throws -> Int {
        var written = 0
        while let chunk = try await next() {
            try await write(chunk, at: offset + written)
            written += chunk.count
        }
        return written
    }
}
