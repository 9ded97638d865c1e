internal import CSQLite

/// What the writer of a ``SQLiteDatabase`` tells it after each commit.
final class WriteLog: Sendable {
    private let onCommit: @Sendable (SQLiteChange) -> Void
    /// Is told how many pages the write-ahead log has after a commit.
    let growth: LogGrowth

    /// - Parameter onCommit: what was committed, if it changed anything.
    init(growth: LogGrowth, onCommit: @escaping @Sendable (SQLiteChange) -> Void) {
        self.growth = growth
        self.onCommit = onCommit
    }

    func committed(_ change: SQLiteChange) { onCommit(change) }

    /// The driver of the connection holds this object, so that SQLite needs no reference. From now on SQLite does not
    /// checkpoint by itself; for databases that `onConnect` has attached, and that are nobody else's business, that is
    /// done here as SQLite does it.
    func install(in database: OpaquePointer) {
        sqlite3_wal_hook(
            database,
            { context, database, name, pages in
                guard let context, let name else { return SQLITE_OK }
                if strcmp(name, "main") != 0 {
                    // It fails for no writer: the next commit tries again.
                    if pages >= 1000 { sqlite3_wal_checkpoint(database, name) }
                    return SQLITE_OK
                }
                Unmanaged<WriteLog>.fromOpaque(context).takeUnretainedValue().growth.tell(Int(pages))
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}

/// What has been changed and not been committed yet.
struct Written {
    var change = SQLiteChange()
    /// SQLite's count of changed rows when it was last looked at.
    var total: Int64 = 0
}

extension SQLiteConnection {
    /// Called after each statement that has succeeded or was left before its end, if somebody wants to know.
    @inline(never)
    func noteWrites(of statement: PreparedStatement, to log: WriteLog) {
        let total = sqlite3_total_changes64(database)
        if total != written.total {
            written.total = total
            written.change.tables.formUnion(statement.effects.writes)
        }
        if statement.effects.changesSchema {
            written.change.schema = true
            written.change.tables.formUnion(statement.effects.writes)
        }
        if session.isInTransaction || written.change.isEmpty { return }
        let change = written.change
        written.change = SQLiteChange()
        // The transaction is over. One that was undone has changed nothing.
        if !statement.effects.rollsBack { log.committed(change) }
    }
}
