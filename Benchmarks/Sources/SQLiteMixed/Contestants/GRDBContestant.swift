internal import GRDB

/// GRDB's pool, one writer and some readers, through its asynchronous interface.
struct GRDBContestant: Contestant {
    private let pool: DatabasePool

    init(path: String, settings: ConnectionSettings) throws {
        pool = try .open(path: path, settings: settings)
    }

    nonisolated(nonsending) func read(_ key: Int64) async throws -> Int64 {
        try await pool.read { database in
            let granted = RunClock.now()
            try Work.read(key, on: database)
            return granted
        }
    }

    nonisolated(nonsending) func write(_ key: Int64, _ entry: LogEntry) async throws -> Int64 {
        try await pool.write { database in
            let granted = RunClock.now()
            try Work.write(key, entry, on: database)
            return granted
        }
    }

    func close() async throws { try pool.close() }
}

/// The same pool through its synchronous interface.
struct BlockingGRDBContestant: BlockingContestant {
    private let pool: DatabasePool

    init(path: String, settings: ConnectionSettings) throws {
        pool = try .open(path: path, settings: settings)
    }

    func read(_ key: Int64) throws -> Int64 {
        try pool.read { database in
            let granted = RunClock.now()
            try Work.read(key, on: database)
            return granted
        }
    }

    func write(_ key: Int64, _ entry: LogEntry) throws -> Int64 {
        try pool.write { database in
            let granted = RunClock.now()
            try Work.write(key, entry, on: database)
            return granted
        }
    }

    func close() throws { try pool.close() }
}

extension DatabasePool {
    /// WAL and foreign keys are what it sets by itself, `synchronous` only for its writer.
    fileprivate static func open(path: String, settings: ConnectionSettings) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.maximumReaderCount = settings.readers
        configuration.busyMode = .timeout(settings.busyTimeout / .seconds(1))
        configuration.persistentReadOnlyConnections = true
        let pragmas = "\(settings.cachePragma); PRAGMA synchronous = NORMAL"
        configuration.prepareDatabase { try $0.execute(sql: pragmas) }
        return try DatabasePool(path: path, configuration: configuration)
    }
}
