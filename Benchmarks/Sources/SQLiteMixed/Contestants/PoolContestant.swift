internal import PoolingCore
internal import PoolingSQL
internal import SQLiteDriver

/// A plain pool, in which readers and writers share the connections.
struct PoolContestant: Contestant {
    private let pool: Pool<SQLite>

    init(path: String, settings: ConnectionSettings) async throws {
        let pragma = settings.cachePragma
        let driver = SQLite(
            path: path, busyTimeout: settings.busyTimeout,
            onConnect: { _ = try await $0.execute(SQLQuery(unsafe: pragma)) })
        let connections = settings.readers + 1
        pool = try Pool(driver, name: "mixed", configuration: .init(min: connections, max: connections))
        try await pool.warmUp()
    }

    nonisolated(nonsending) func read(_ key: Int64) async throws -> Int64 {
        try await pool.transaction(.readOnly) { connection in
            let granted = RunClock.now()
            try await Work.read(key, on: connection)
            return granted
        }
    }

    nonisolated(nonsending) func write(_ key: Int64, _ entry: LogEntry) async throws -> Int64 {
        try await pool.transaction { connection in
            let granted = RunClock.now()
            try await Work.write(key, entry, on: connection)
            return granted
        }
    }

    func close() async throws { _ = await pool.shutdown() }
}
