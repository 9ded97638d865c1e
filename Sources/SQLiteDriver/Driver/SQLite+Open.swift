internal import CSQLite
internal import PoolingCore
internal import PoolingSQL

extension SQLite {
    /// Opens the file on the right thread. Nothing has been read of it yet.
    func open() async throws -> SQLiteConnection {
        if file.isInherited { throw SQLError.inheritedDriver(path) }
        // A pool has asked before; whoever connects without one has not.
        do { try checkSettings() } catch { throw SQLError(.cannotOpen, "\(error)") }
        if execution == .inline { return try openHere() }
        return try await executor.run { try openHere() }
    }

    private func openHere() throws -> SQLiteConnection {
        #if DEBUG
            SQLiteCallProbe.noteCall(on: execution == .inline ? nil : executor)
        #endif
        guard let memory = place.memory else {
            let mayCreate = try file.admit(path)
            if let refusal = OpenFailure.singleByte(self) { throw refusal }
            let database = try openDatabase(mayCreate: mayCreate)
            restrict(database)
            do {
                return SQLiteConnection(database, settings: self, watch: try watch(database))
            } catch {
                sqlite3_close(database)
                throw error
            }
        }
        if let refusal = OpenFailure.oldLibrary() { throw refusal }
        try memory.keep {
            SQLiteConnection(
                try openDatabase(mayCreate: true), settings: keeperSettings(of: memory), watch: FileWatch())
        }
        let database = try openDatabase(mayCreate: true)
        restrict(database)
        return SQLiteConnection(database, settings: self, watch: FileWatch())
    }

    /// The keeper's settings do not hold what holds the keeper.
    private func keeperSettings(of memory: MemoryDatabase) -> SQLite {
        SQLite(path: memory.uri, execution: execution, executor: executor)
    }

    private func openDatabase(mayCreate: Bool) throws -> OpaquePointer {
        var database: OpaquePointer?
        let flags = openFlags(mayCreate: mayCreate)
        let code = sqlite3_open_v2(place.memory?.uri ?? literalPath, &database, flags, nil)
        // Even a failed open leaves a handle, for the message; only it failing to be made at all leaves none.
        guard code == SQLITE_OK, let database else {
            let error = OpenFailure.explain(self, code: code, database: database)
            sqlite3_close(database)
            // Deleted since it was admitted?
            if !mayCreate { _ = try file.admit(path) }
            throw error
        }
        // SQLite opens a file for reading if it may not be written to, and tells only the first that writes.
        if !readOnly, sqlite3_db_readonly(database, "main") == 1 {
            sqlite3_close(database)
            throw OpenFailure.onlyReadable(self)
        }
        return database
    }

    /// Finds out which file was opened: what the path names, if SQLite says that it is the same before and after.
    private func watch(_ database: OpaquePointer) throws(SQLError) -> FileWatch {
        let place = FileSight.absolute(path)
        let sight = FileSight.of(place)
        var hasMoved: Int32 = 0
        let code = sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        guard code == SQLITE_OK, hasMoved == 0, case .file(let identity) = sight, FileSight.of(place) == sight else {
            throw OpenFailure.moved(self)
        }
        try file.join(identity, path: path)
        return FileWatch(path: place, identity: identity)
    }

    /// SQLite takes a name that begins with `file:` for a URI where it was built so, whatever the flags say (F48), and
    /// `:memory:` for no file. Behind `./` they are names.
    private var literalPath: String { path.hasPrefix("/") ? path : "./" + path }

    private func openFlags(mayCreate: Bool) -> Int32 {
        // No mutex of its own: see SQLiteConnection.
        let uri = place.memory == nil ? 0 : SQLITE_OPEN_URI
        let always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE | uri
        if readOnly { return always | SQLITE_OPEN_READONLY }
        return always | SQLITE_OPEN_READWRITE | (createIfMissing && mayCreate ? SQLITE_OPEN_CREATE : 0)
    }

    /// What the manual advises against damage by SQL. The text of a statement is limited to 16 MiB, since a longer one
    /// is values that should have been bound; a connection starts no threads of its own.
    private func restrict(_ database: OpaquePointer) {
        _ = csqlite_set_option(database, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = csqlite_set_option(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0)
        sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, 16 << 20)
        sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0)
        // Lock waits are ours, and hold no thread.
        sqlite3_busy_timeout(database, 0)
    }
}

// What is done to a connection from the driver's side, synchronously, with the gate shut.
extension SQLiteConnection {
    /// Proves that the file is a database that can be read.
    func readPage() throws(SQLiteFailure) {
        do {
            _ = try collect("PRAGMA schema_version")
        } catch {
            guard case .refused(let cause) = error, cause.kind == .cannotOpen, let code = cause.vendorCode else {
                throw error
            }
            throw .refused(
                OpenFailure.explain(
                    settings, code: Int32(truncatingIfNeeded: code), database: database, isRead: true))
        }
        try readHeader()
    }

    /// Every setting is read back: SQLite ignores what it does not know or can't do.
    func applySettings() throws(SQLiteFailure) {
        isOwnWork = true
        defer { isOwnWork = false }
        try set("foreign_keys", to: settings.foreignKeys ? "1" : "0", expecting: settings.foreignKeys ? "1" : "0")
        if let mode = settings.journalMode?.rawValue, !settings.readOnly, settings.place.memory == nil,
            try value(of: "journal_mode") != mode
        {
            try set("journal_mode", to: mode, expecting: mode)
        }
        let level = settings.synchronous
        let code =
            switch level {
            case .off: "0"
            case .normal: "1"
            case .full: "2"
            case .extra: "3"
            }
        try set("synchronous", to: level.rawValue, expecting: code)
        try applyTuning()
        writeLog?.install(in: database)
        // The log's mode has given a new file its first page.
        try readHeader()
        // They will not be needed again; the places are the borrowers'.
        for statement in statements.removeAll() { statement.finalize() }
    }

    func set(_ pragma: String, to value: String, expecting expected: String) throws(SQLiteFailure) {
        _ = try collect("PRAGMA \(unsafe: pragma) = \(unsafe: value)")
        let found = try self.value(of: pragma)
        if found != expected {
            throw unfit("\(pragma) was set to \(value) and is \(found ?? "unknown to this SQLite")")
        }
    }

    func unfit(_ finding: String) -> SQLiteFailure {
        .refused(SQLError(.cannotOpen, "'\(settings.path)' can't be used as configured: \(finding)"))
    }

    func value(of pragma: String) throws(SQLiteFailure) -> String? {
        switch try collect("PRAGMA \(unsafe: pragma)").first?[0] {
        case .text(let text): text
        case .integer(let number): String(number)
        default: nil
        }
    }

    /// Makes the connection as it was before the loan, as far as transactions and statements go.
    func cleanUp() throws(SQLiteFailure) {
        if isInherited { throw .refused(.inherited(settings.path)) }
        noteCall()
        endStream()
        blobs.closeAll()
        // Not those that `sqlite3_next_stmt` finds: some are not ours but a virtual table's (full-text search keeps
        // its own).
        for statement in statements.all { statement.reset() }
        session.isLost = false
        session.depth = 0
        session.isInsideOfForeign = false
        interruption.isShielded = true
        defer { interruption.isShielded = false }
        if sqlite3_get_autocommit(database) == 0 { _ = try perform("ROLLBACK") }
        session.isReadOnly = isReader
        session.isInTransaction = sqlite3_get_autocommit(database) == 0
        if session.isInTransaction || sqlite3_txn_state(database, nil) != SQLITE_TXN_NONE {
            throw .refused(SQLError(.other, "a transaction could not be ended, although it was rolled back"))
        }
        try restoreSession()
    }

    /// Lends the connection to a closure of the driver's user, outside of any loan of the pool.
    func withPrivateLoan(_ body: @Sendable (SQLiteHandle) async throws -> Void) async throws {
        gate.open(.unpooled)
        defer { shutGate() }
        try await body(SQLiteHandle(connection: self, loan: .unpooled))
        if overstay.isKnown { throw SQLError.closing }
    }
}
