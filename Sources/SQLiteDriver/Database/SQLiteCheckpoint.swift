internal import PoolingSQL

/// What a checkpoint of the write-ahead log has done.
public struct SQLiteCheckpoint: Sendable, Hashable {
    /// How far a checkpoint goes.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Moves what it can without waiting for anybody.
        case passive
        /// Moves everything; the next writer begins the log anew.
        case restart
        /// Moves everything, and gives the log's space back to the file system.
        case truncate
    }

    /// Pages that the log has.
    public let pages: Int
    /// How many of them are in the database file by now.
    public let moved: Int
    /// Everything that the mode asks for was done; otherwise somebody still reads from the log, or writes.
    public let isComplete: Bool
}

extension SQLiteHandle {
    /// Moves pages from the write-ahead log into the database file. Not inside of a transaction.
    ///
    /// One attempt: what others keep from being done is left undone, and told.
    ///
    /// - Throws: ``PoolingSQL/SQLError``, `PoolError` or `CancellationError`.
    @discardableResult
    public nonisolated(nonsending) func checkpoint(
        _ mode: SQLiteCheckpoint.Mode = .passive
    ) async throws -> SQLiteCheckpoint {
        let row = try await query("PRAGMA wal_checkpoint(\(unsafe: mode.rawValue))").first
        guard let (busy, pages, moved) = try row?.decode((Int, Int, Int).self) else {
            throw SQLError(.other, "SQLite says nothing about the checkpoint")
        }
        // -1: there is no log.
        return SQLiteCheckpoint(
            pages: max(pages, 0), moved: max(moved, 0),
            isComplete: busy == 0 && (mode != .passive || pages == moved))
    }
}
