internal import CSQLite
internal import PoolingSQL

/// How a connection was before borrowers changed it, as far as anybody has: noted just before the first change.
struct SessionBaseline {
    var pragmas: [String: String] = [:]
    var temporaries: Set<Temporary>?
    /// The files, by the names that they are attached as.
    var attachments: [String: String]?

    struct Temporary: Hashable {
        let type: String
        let name: String
        /// How it is defined: another one may have taken its name.
        let sql: String
    }
}

// What borrowers change on a connection, beyond transactions, is put back when it returns (F53).
extension SQLiteConnection {
    /// Called before a statement that will change the session.
    func note(_ changes: SessionChanges) throws(SQLiteFailure) {
        if isOwnWork || settings.sessionReset == .never { return }
        isOwnWork = true
        defer { isOwnWork = false }
        for pragma in changes.pragmas where baseline.pragmas[pragma] == nil {
            baseline.pragmas[pragma] = try value(of: pragma)
        }
        if changes.temporaries, baseline.temporaries == nil { baseline.temporaries = try temporaries() }
        if changes.attachments, baseline.attachments == nil { baseline.attachments = try attachments() }
        self.changes.formUnion(changes)
        // It takes away what tells the write log's growth.
        if writeLog != nil, changes.pragmas.contains("wal_autocheckpoint") {
            self.changes.irreversible = "wal_autocheckpoint"
        }
        session.isChanged = true
    }

    /// What `onConnect` has set up is how the connection is meant to be.
    func keepSession() {
        forgetChanges()
        baseline = SessionBaseline()
    }

    /// Puts back what was changed. Throws if it can't: the connection is to be replaced then.
    func restoreSession() throws(SQLiteFailure) {
        if !session.isChanged { return }
        if let pragma = changes.irreversible { throw Self.irreversible("PRAGMA \(pragma)") }
        isOwnWork = true
        defer { isOwnWork = false }
        for pragma in changes.pragmas { try restore(pragma) }
        if changes.temporaries { try restoreTemporaries() }
        if changes.attachments { try restoreAttachments() }
        forgetChanges()
    }

    private func forgetChanges() {
        changes = SessionChanges()
        session.isChanged = false
    }

    private func restore(_ pragma: String) throws(SQLiteFailure) {
        guard let value = baseline.pragmas[pragma] else { throw Self.irreversible("PRAGMA \(pragma)") }
        if try self.value(of: pragma) == value { return }
        _ = try collect("PRAGMA \(unsafe: pragma) = \(unsafe: value)")
        if try self.value(of: pragma) != value { throw Self.irreversible("PRAGMA \(pragma)") }
    }

    private func restoreTemporaries() throws(SQLiteFailure) {
        let before = baseline.temporaries ?? []
        // What uses tables goes before them, and virtual tables before others: some of those are theirs.
        for (type, word) in [("trigger", "TRIGGER"), ("view", "VIEW"), ("virtual", "TABLE"), ("table", "TABLE")] {
            for object in try temporaries().subtracting(before) where object.type == type {
                _ = try perform("DROP \(unsafe: word) IF EXISTS temp.\(identifier: object.name)")
            }
        }
        if try temporaries() != before { throw Self.irreversible("dropping a temporary table") }
    }

    private func restoreAttachments() throws(SQLiteFailure) {
        let before = baseline.attachments ?? [:]
        for (name, file) in try attachments() where before[name] != file {
            _ = try perform("DETACH \(identifier: name)")
        }
        // One in memory has no name of its own: it may be another one by now.
        if try attachments() != before || before.values.contains("") { throw Self.irreversible("detaching a database") }
    }

    /// Without indices, which go with their tables.
    private func temporaries() throws(SQLiteFailure) -> Set<SessionBaseline.Temporary> {
        let rows = try collect(
            """
            SELECT iif(type = 'table' AND rootpage = 0, 'virtual', type), name, sql FROM temp.sqlite_schema WHERE type <> 'index' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """)
        return Set(
            rows.compactMap { row in
                guard case .text(let type)? = row[0], case .text(let name)? = row[1], case .text(let sql)? = row[2]
                else { return nil }
                return SessionBaseline.Temporary(type: type, name: name, sql: sql)
            })
    }

    private func attachments() throws(SQLiteFailure) -> [String: String] {
        var files: [String: String] = [:]
        for row in try collect("PRAGMA database_list") {
            guard case .text(let name)? = row[1], name != "temp", name != "main" else { continue }
            files[name] = if case .text(let file)? = row[2] { file } else { "" }
        }
        return files
    }

    private static func irreversible(_ what: String) -> SQLiteFailure {
        .refused(
            SQLError(
                .other,
                "the effect of \(what) on the connection can't be undone, so that the connection is replaced; "
                    + "do this in onConnect, or on a connection that is detached from the pool"))
    }
}
