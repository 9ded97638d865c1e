internal import CSQLite

/// Notes what a statement is going to do, while SQLite compiles it: nothing is asked when it runs, so that statements
/// from the cache cost nothing.
///
/// SQLite compiles a statement anew, inside of a step, when the schema has changed; what it says then is added to the
/// statement that is running (``StatementEffects``). Refused is only a setting whose present value is not noted yet.
///
/// Touched by the operation that holds the connection.
final class Authorizer {
    private var noticed = StatementEffects()
    /// Something was noticed since the last ``take()``.
    private(set) var hasNoticed = false
    /// SQLite has asked anything at all. It does for whatever a statement does, but not for one that has nothing to do,
    /// such as `DROP TRIGGER IF EXISTS` of one that is not there.
    var wasAsked = false
    /// Settings may be changed now.
    var permitsSettings = false

    /// The connection keeps this object until after the database is closed, so that SQLite needs no reference.
    func install(in database: OpaquePointer) {
        sqlite3_set_authorizer(
            database,
            { context, action, first, second, database, trigger in
                guard let context else { return SQLITE_OK }
                return Unmanaged<Authorizer>.fromOpaque(context).takeUnretainedValue()
                    .note(action, first, second, in: database, by: trigger)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// What was noticed since the last time.
    func take() -> StatementEffects {
        guard hasNoticed else { return StatementEffects() }
        hasNoticed = false
        defer { noticed = StatementEffects() }
        return noticed
    }

    private typealias Text = UnsafePointer<CChar>

    private func note(_ action: Int32, _ first: Text?, _ second: Text?, in schema: Text?, by trigger: Text?) -> Int32 {
        wasAsked = true
        switch action {
        case SQLITE_READ, SQLITE_SELECT, SQLITE_FUNCTION, SQLITE_RECURSIVE, SQLITE_SAVEPOINT:
            return SQLITE_OK
        case SQLITE_TRANSACTION:
            noticed.rollsBack = first.map { String(cString: $0) } == "ROLLBACK"
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            noteWrite(to: first, by: action == SQLITE_INSERT && trigger == nil, in: schema)
        case SQLITE_PRAGMA:
            guard let first else { return SQLITE_OK }
            if sqlite3_stricmp(first, "wal_checkpoint") == 0 {
                noticed.movesLog = true
                hasNoticed = true
            }
            // Without a value it only asks.
            if second == nil { return SQLITE_OK }
            noticed.setsPragma = true
            noticed.session.add(pragma: String(cString: first), of: schema.map { String(cString: $0) })
            hasNoticed = true
            return permitsSettings || noticed.session.pragmas.isEmpty ? SQLITE_OK : SQLITE_DENY
        case SQLITE_ATTACH, SQLITE_DETACH:
            noticed.session.attachments = true
        case SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE, SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_TEMP_VIEW,
            SQLITE_DROP_TEMP_INDEX, SQLITE_DROP_TEMP_TABLE, SQLITE_DROP_TEMP_TRIGGER, SQLITE_DROP_TEMP_VIEW:
            noticed.session.temporaries = true
        // It names its database in another place than all others do.
        case SQLITE_ALTER_TABLE: noteDefinition(in: first)
        // CREATE and DROP of every other kind, ANALYZE, REINDEX.
        default: noteDefinition(in: schema)
        }
        hasNoticed = true
        return SQLITE_OK
    }

    private func noteDefinition(in schema: Text?) {
        if Self.isTemporary(schema) {
            noticed.session.temporaries = true
        } else {
            noticed.changesSchema = true
        }
    }

    private func noteWrite(to table: Text?, by insertion: Bool, in schema: Text?) {
        guard let table else { return }
        let name = String(cString: table)
        if name.hasPrefix("sqlite_") { return }
        if insertion { noticed.insertsRows = true }
        if let schema, String(cString: schema) == "main" { noticed.writes.insert(name) }
    }

    private static func isTemporary(_ schema: Text?) -> Bool {
        schema.map { String(cString: $0) } == "temp"
    }
}
