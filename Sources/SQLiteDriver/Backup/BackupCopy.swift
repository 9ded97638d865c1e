internal import CSQLite
internal import PoolingSQL

/// SQLite's copying of one database into another, step by step.
///
/// Sendable because one operation has it, which holds the source's gate and makes one step after another; the target
/// is a connection that nobody else knows.
final class BackupCopy: @unchecked Sendable {
    private let source: SQLiteConnection
    private let target: SQLiteConnection
    private let path: String
    private var pointer: OpaquePointer?
    /// Pages that may not be on the disk yet.
    private var unsynced = 0

    init(from source: SQLiteConnection, to target: SQLiteConnection, path: String) {
        self.source = source
        self.target = target
        self.path = path
    }

    struct Progress: Sendable {
        var remaining: Int
        var total: Int
        var isDone: Bool
    }

    /// Copies up to `pages` pages. A lock leaves it as it was, to be tried again.
    func step(_ pages: Int32) throws(SQLiteFailure) -> Progress {
        source.noteCall()
        let pointer = try begin()
        let code = sqlite3_backup_step(pointer, pages)
        if code != SQLITE_OK, code != SQLITE_DONE { throw failure(code) }
        unsynced += Int(pages)
        return Progress(
            remaining: Int(sqlite3_backup_remaining(pointer)), total: Int(sqlite3_backup_pagecount(pointer)),
            isDone: code == SQLITE_DONE)
    }

    /// Writes pages through to the disk when there are many. The last step waits for all of them, and can't be cancelled:
    /// a large file would take it seconds.
    func writeThrough() throws(SQLiteFailure) {
        source.noteCall()
        if unsynced < Self.pagesToSync { return }
        unsynced = 0
        let code = csqlite_write_through(target.database)
        if code != SQLITE_OK { throw failure(code) }
    }

    /// 32 MiB as a rule.
    private static let pagesToSync = 8192

    private func begin() throws(SQLiteFailure) -> OpaquePointer {
        if let pointer { return pointer }
        pointer = sqlite3_backup_init(target.database, "main", source.database, "main")
        if let pointer { return pointer }
        throw failure(sqlite3_extended_errcode(target.database))
    }

    /// Has to happen before either connection is closed, whatever became of the copy.
    func end() {
        source.noteCall()
        sqlite3_backup_finish(pointer.take())
    }

    /// Its own words: SQLite's are about the connection, and would not say which of the two files it is.
    private func failure(_ code: Int32) -> SQLiteFailure {
        var error = SQLError.sqlite(code, of: nil, path: path)
        switch error.kind {
        case .busy: return .locked(error)
        case .diskFull: error.message = "the backup '\(path)' found no space left; make room and repeat it"
        default: error.message = "copying '\(source.settings.path)' to '\(path)' failed: \(error.message)"
        }
        return .refused(error)
    }
}
