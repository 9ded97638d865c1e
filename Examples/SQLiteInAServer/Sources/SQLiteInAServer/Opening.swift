import PoolingCore
import PoolingSQL
import SQLiteDriver

enum Opening {
    static func plainPool() async throws {
        let pool = try Pool(SQLite(path: "notes.db"), configuration: .init(max: 4))
        try await pool.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        try await pool.execute("INSERT INTO notes (text) VALUES (\("first"))")
        let count = try await pool.query("SELECT count(*) FROM notes")[0].decode(Int.self)
        await pool.shutdown()
        try expect(count == 1, "a plain pool reads what it wrote")
    }

    static func settings() async throws {
        let pool = try Pool(SQLite(path: "app.db", cacheSize: 8 << 20, limits: .strict))
        let same = try Pool(SQLite(url: "sqlite:app.db?cache_size=8MiB&limits=strict"))
        for pool in [pool, same] {
            try await pool.warmUp()
            let pages = try await pool.query("PRAGMA cache_size")[0].decode(Int.self)
            await pool.shutdown()
            try expect(pages == -8192, "a page cache of 8192 KiB, from code or from a URL")
        }
    }

    static func database() async throws -> SQLiteDatabase {
        var driver = SQLite(path: "app.db", synchronous: .normal, busyTimeout: .seconds(5), cacheSize: 8 << 20)
        driver.functions = Functions.functions
        driver.collations = Functions.collations

        let database = try SQLiteDatabase(
            driver, readers: 4, configuration: .init(acquireTimeout: .seconds(2), maxWaiters: 1000))
        try await database.warmUp()
        return database
    }

    static func migrate(_ database: SQLiteDatabase) async throws {
        try await database.write { connection in
            let version = try await connection.query("PRAGMA user_version")[0].decode(Int.self)
            if version < 1 {
                try await connection.batch([
                    """
                    CREATE TABLE users (
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER NOT NULL, settings TEXT)
                    """,
                    "CREATE TABLE files (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
                    "PRAGMA user_version = 1",
                ])
            }
        }
        let version = try await database.query("PRAGMA user_version")[0].decode(Int.self)
        try expect(version == 1, "the schema is at version 1")
    }
}
