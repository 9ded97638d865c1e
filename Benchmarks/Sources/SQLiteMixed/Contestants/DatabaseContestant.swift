internal import PoolingSQL
internal import SQLiteDriver

/// One writer and some readers, each with a queue of its own.
struct DatabaseContestant: Contestant {
    private let database: SQLiteDatabase

    init(path: String, settings: ConnectionSettings) async throws {
        let pragma = settings.cachePragma
        let driver = SQLite(
            path: path, busyTimeout: settings.busyTimeout,
            onConnect: { _ = try await $0.execute(SQLQuery(unsafe: pragma)) })
        database = try SQLiteDatabase(driver, readers: settings.readers)
    }

    nonisolated(nonsending) func read(_ key: Int64) async throws -> Int64 {
        try await database.read { connection in
            let granted = RunClock.now()
            try await Work.read(key, on: connection)
            return granted
        }
    }

    nonisolated(nonsending) func write(_ key: Int64, _ entry: LogEntry) async throws -> Int64 {
        try await database.write { connection in
            let granted = RunClock.now()
            try await Work.write(key, entry, on: connection)
            return granted
        }
    }

    func close() async throws { await database.shutdown() }
}
