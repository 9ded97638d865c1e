import PoolingCore
import PoolingSQL
import SQLiteDriver

/// What the tasks do with the pool.
enum Workload {
    static func createTable(in pool: Pool<SQLite>) async throws {
        try await pool.execute(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, author INTEGER NOT NULL, text TEXT NOT NULL)")
        try await pool.execute("CREATE INDEX notes_by_author ON notes (author)")
    }

    static func storedIDs(in pool: Pool<SQLite>) async throws -> Set<Int> {
        Set(try await pool.query("SELECT id FROM notes").map { try $0.decode(Int.self) })
    }

    /// Runs `tasks` workers until the time is up; a snapshot of the statistics is taken every few milliseconds.
    static func run(
        on pool: Pool<SQLite>, tasks: Int, for duration: Duration
    ) async -> (Ledger, snapshots: [PoolStatistics]) {
        let end = ContinuousClock.now + duration
        async let snapshots = watch(pool, until: end)
        let ledger = await withTaskGroup(of: Ledger.self) { group in
            for author in 0..<tasks {
                group.addTask { await work(on: pool, author: author, until: end) }
            }
            return await group.reduce(into: Ledger()) { $0.add($1) }
        }
        return (ledger, await snapshots)
    }

    private static func watch(_ pool: Pool<SQLite>, until end: ContinuousClock.Instant) async -> [PoolStatistics] {
        var snapshots: [PoolStatistics] = []
        while ContinuousClock.now < end {
            snapshots.append(pool.statistics)
            try? await Task.sleep(for: .milliseconds(5))
        }
        return snapshots
    }

    /// One worker: nine reads for each write, one operation in eight cancelled at a random moment.
    private static func work(on pool: Pool<SQLite>, author: Int, until end: ContinuousClock.Instant) async -> Ledger {
        var ledger = Ledger()
        var sequence = 0
        while ContinuousClock.now < end {
            let isWrite = Int.random(in: 0..<10) == 0
            let id = author * 1_000_000 + sequence
            let operation = Task {
                if isWrite {
                    try await write(id, by: author, to: pool)
                } else {
                    try await read(by: author, from: pool)
                }
            }
            if Int.random(in: 0..<8) == 0 {
                try? await Task.sleep(for: .microseconds(Int.random(in: 0...3000)))
                operation.cancel()
            }
            ledger.record(await operation.result, of: isWrite ? .write(id: id) : .read)
            if isWrite { sequence += 1 }
        }
        return ledger
    }

    /// Two rows or none: a transaction ends as a whole, also if its task is cancelled in the middle.
    private static func write(_ id: Int, by author: Int, to pool: Pool<SQLite>) async throws {
        try await pool.transaction { connection in
            try await connection.execute("INSERT INTO notes VALUES (\(id), \(author), \("first half"))")
            try await connection.execute("UPDATE notes SET text = \("whole") WHERE id = \(id)")
        }
    }

    /// By a closure or by a lease: both give the connection back, whatever happens.
    private static func read(by author: Int, from pool: Pool<SQLite>) async throws {
        if Bool.random() {
            _ = try await pool.withConnection { connection in
                try await connection.query("SELECT text FROM notes WHERE author = \(author) LIMIT 20")
            }
        } else {
            let lease = try await pool.lease()
            _ = try await lease.connection.query("SELECT count(*) FROM notes WHERE author = \(author)")
            lease.release()
        }
    }
}
