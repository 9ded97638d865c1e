import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("What an SQLiteDatabase has committed is told", .timeLimit(.minutes(2))) struct ToldChangesTests {
    let scratch = try! Scratch()

    /// The tables that are told to have been changed by `body`.
    private func told(_ body: (SQLiteDatabase) async throws -> Void) async throws -> Set<String> {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()), readers: 1)
        try await database.execute("CREATE TABLE t(v INTEGER PRIMARY KEY, b BLOB)")
        try await database.execute("CREATE TABLE other(v)")
        let changes = database.changes()
        try await body(database)
        _ = await database.shutdown()
        var tables: Set<String> = []
        for await change in changes { tables.formUnion(change.tables) }
        return tables
    }

    @Test("even if the statement failed and kept what it had done by then", arguments: [true, false])
    func failing(inTransaction: Bool) async throws {
        let tables = try await told { database async throws in
            try await database.writer.withConnection { handle async throws in
                let statement: SQLQuery = "INSERT OR FAIL INTO t(v) VALUES(1), (2), (1)"
                if inTransaction {
                    try await handle.transaction { handle async throws -> Void in
                        await #expect(throws: SQLError.self) { _ = try await handle.execute(statement) }
                    }
                } else {
                    await #expect(throws: SQLError.self) { _ = try await handle.execute(statement) }
                }
                #expect(try await handle.int("SELECT count(*) FROM t") == 2)
                try await handle.execute("INSERT INTO other VALUES(1)")
            }
        }
        #expect(tables == ["t", "other"])
    }

    @Test("but not what a statement had done that was undone, by triggers neither")
    func undone() async throws {
        let tables = try await told { database async throws in
            try await database.execute("CREATE TABLE unique_(v UNIQUE)")
            try await database.execute(
                "CREATE TRIGGER tr AFTER INSERT ON unique_ BEGIN INSERT INTO t(v) VALUES(new.v); END")
            await #expect(throws: SQLError.self) {
                try await database.execute("INSERT INTO unique_ VALUES(1), (2), (1)")
            }
            #expect(try await database.query("SELECT count(*) FROM t").first?.decode(Int.self) == 0)
            try await database.execute("INSERT INTO other VALUES(1)")
        }
        #expect(tables == ["other"])
    }

    @Test("even if nobody has read all rows of the statement")
    func left() async throws {
        let tables = try await told { database async throws in
            try await database.writer.withConnection { handle async throws in
                let rows = try await handle.stream(
                    """
                    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) INSERT INTO t(v) SELECT x FROM c RETURNING v
                    """)
                for try await _ in rows { break }
                try await handle.execute("INSERT INTO other VALUES(1)")
            }
            #expect(try await database.query("SELECT count(*) FROM t").first?.decode(Int.self) == 1000)
        }
        #expect(tables == ["t", "other"])
    }

    @Test("even if it was written through a blob of a database that is called MAIN")
    func blob() async throws {
        let tables = try await told { database async throws in
            try await database.writer.withConnection { handle async throws in
                _ = try await handle.execute("INSERT INTO t VALUES(1, zeroblob(4))")
            }
            var iterator = database.changes().makeAsyncIterator()
            try await database.writer.withConnection { handle async throws in
                try await handle.withBlob(in: "t", column: "b", row: 1, database: "MAIN", access: .readWrite) {
                    try await $0.write([1])
                }
            }
            await database.shutdown()
            #expect(await iterator.next()?.tables == ["t"])
        }
        #expect(tables == ["t"])
    }

    @Test("and the log of a database that onConnect attaches does not grow without bound")
    func attached() async throws {
        let path = scratch.path("attached.db")
        try await SQLite(path: path).lending { handle, _ async throws in
            _ = try await handle.execute("CREATE TABLE a(v)")
        }
        var driver = SQLite(path: scratch.path())
        driver.onConnect = { _ = try await $0.execute("ATTACH \(path) AS aux") }
        let database = try SQLiteDatabase(driver, readers: 1)
        for _ in 1...20 { try await database.execute("INSERT INTO aux.a VALUES(zeroblob(1000000))") }
        #expect(try scratch.read("attached.db-wal").count < 12_000_000)
        _ = await database.shutdown()
    }
}
