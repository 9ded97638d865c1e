import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A reader of an SQLiteDatabase", .timeLimit(.minutes(1))) struct DatabaseRefusalTests {
    let scratch = try! Scratch()

    static let writes: [SQLQuery] = [
        "INSERT INTO t VALUES(1)", "INSERT INTO t VALUES(1) RETURNING v", "UPDATE t SET v = 2", "DELETE FROM t",
        "REPLACE INTO t VALUES(1)", "CREATE TABLE u(v)", "CREATE TABLE u AS SELECT 1", "CREATE TEMP TABLE u(v)",
        "CREATE INDEX i ON t(v)", "CREATE VIEW w AS SELECT 1", "DROP TABLE t", "ALTER TABLE t ADD COLUMN w", "ANALYZE",
        "REINDEX", "VACUUM", "PRAGMA user_version = 7", "PRAGMA journal_mode = delete", "BEGIN IMMEDIATE",
        "BEGIN EXCLUSIVE",
    ]

    /// One reader, new at the first statement that is refused, and the same one at the last.
    func refusing(_ attempt: (SQLiteDatabase, SQLQuery) async throws -> Void) async throws {
        // Unchecked: a check that takes too long on a busy machine would have the connection replaced.
        let configuration = PoolConfiguration(resetTimeout: .seconds(20), validation: .never)
        try await withDatabase(SQLite(path: scratch.path()), readers: 1, configuration: configuration) {
            database async throws in
            try await database.execute("CREATE TABLE t(v UNIQUE)")
            try await database.execute("INSERT INTO t VALUES(0)")
            for write in Self.writes {
                #expect(try await kind { try await attempt(database, write) } == .readOnly, "\(write)")
                #expect(try await database.int("SELECT sum(v) FROM t") == 0, "\(write)")
            }
            #expect(try await database.int("SELECT count(*) FROM sqlite_schema WHERE type <> 'index'") == 1)
            #expect(try await database.int("PRAGMA user_version") == 0)
            #expect(database.readers.statistics.connected == 1)
            // Nothing that was refused has taken the lock.
            try await database.execute("INSERT INTO t VALUES(1)")
        }
    }

    @Test("refuses to write in a read, from the first statement on")
    func inRead() async throws {
        try await refusing { database, write async throws in
            try await database.read { _ = try await $0.execute(write) }
        }
    }

    @Test("refuses to write in a query")
    func inQuery() async throws {
        try await refusing { database, write async throws in _ = try await database.query(write) }
    }

    @Test("refuses to write in a loan of its pool, and in a transaction that is begun by hand")
    func inLoan() async throws {
        try await refusing { database, write async throws in
            try await database.readers.withConnection { handle in
                #expect(try await kind { try await handle.execute(write) } == .readOnly, "\(write)")
                try await handle.execute("BEGIN")
                _ = try await handle.query("SELECT * FROM t")
                try await handle.execute(write)
            }
        }
    }

    @Test("refuses to write after a read was ended by hand")
    func ended() async throws {
        try await refusing { database, write async throws in
            try await database.readers.withConnection { handle in
                try await handle.execute("BEGIN")
                try await handle.execute("COMMIT")
                try await handle.execute(write)
            }
        }
    }

    @Test("refuses to write in what says that it writes, and in a batch")
    func inTransaction() async throws {
        try await refusing { database, write async throws in
            try await database.readers.transaction(.readWrite) { _ = try await $0.execute(write) }
        }
        try await withDatabase(SQLite(path: scratch.path("b")), readers: 1) { database async throws in
            try await database.execute("CREATE TABLE t(v UNIQUE)")
            #expect(try await kind { try await database.readers.batch(["INSERT INTO t VALUES(1)"]) } == .readOnly)
            #expect(try await database.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test(
        "refuses to write into a blob, inside of a read and outside, from the first loan on", arguments: [true, false])
    func blob(inRead: Bool) async throws {
        try await withDatabase(SQLite(path: scratch.path()), readers: 1) { database async throws in
            try await database.execute("CREATE TABLE files(body BLOB)")
            try await database.execute("INSERT INTO files VALUES(zeroblob(10))")
            @Sendable nonisolated(nonsending) func write(_ handle: SQLiteHandle) async throws {
                try await handle.withBlob(in: "files", column: "body", row: 1, access: .readWrite) {
                    try await $0.write([1])
                }
            }
            let refused = try await kind {
                if inRead { try await database.read(write) } else { try await database.readers.withConnection(write) }
            }
            #expect(refused == .readOnly)
            #expect(try await database.int("SELECT body = zeroblob(10) FROM files") == 1)
        }
    }

    @Test("can be set up by onConnect, with temporary tables, too")
    func onConnect() async throws {
        let driver = SQLite(
            path: scratch.path(),
            onConnect: { handle in
                try await handle.execute("CREATE TEMP TABLE IF NOT EXISTS mine(v)")
                try await handle.execute("INSERT INTO mine VALUES(7)")
            })
        try await withDatabase(driver, readers: 1) { database async throws in
            #expect(try await database.int("SELECT v FROM mine") == 7)
            #expect(try await kind { try await database.query("INSERT INTO mine VALUES(8)") } == .readOnly)
        }
    }
}
