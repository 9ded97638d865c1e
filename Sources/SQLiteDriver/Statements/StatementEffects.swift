/// What a statement does beyond giving rows, as SQLite says while it compiles it.
struct StatementEffects: Sendable {
    /// It inserts into a table by itself, not through a trigger: the key of the row is worth telling.
    var insertsRows = false
    /// Tables whose rows it may change, through triggers and foreign keys, too. Names of attached databases and of
    /// SQLite's own tables are left out.
    var writes: Set<String> = []
    /// It makes, changes or drops a table, an index, a view or a trigger that others see.
    var changesSchema = false
    /// It is a PRAGMA with a value.
    var setsPragma = false
    /// It moves the write-ahead log into the file.
    var movesLog = false
    /// It ends a transaction without its changes.
    var rollsBack = false
    /// What stays with the connection when the loan is over (F53).
    var session = SessionChanges()

    mutating func formUnion(_ other: StatementEffects) {
        insertsRows = insertsRows || other.insertsRows
        writes.formUnion(other.writes)
        changesSchema = changesSchema || other.changesSchema
        setsPragma = setsPragma || other.setsPragma
        movesLog = movesLog || other.movesLog
        rollsBack = rollsBack || other.rollsBack
        session.formUnion(other.session)
    }
}
