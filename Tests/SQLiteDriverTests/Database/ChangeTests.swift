import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A commit", .timeLimit(.minutes(1))) struct ChangeTests {
    let scratch = try! Scratch()

    static let tables: [SQLQuery] = [
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)", "INSERT INTO t VALUES(1, 'a'), (2, 'b')",
        "CREATE TABLE keyed(k TEXT PRIMARY KEY, v) WITHOUT ROWID", "INSERT INTO keyed VALUES('a', 1)",
        "CREATE TABLE parent(id INTEGER PRIMARY KEY)", "INSERT INTO parent VALUES(1), (2)",
        "CREATE TABLE child(parent REFERENCES parent ON DELETE CASCADE)", "INSERT INTO child VALUES(1)",
        "CREATE TABLE audited(v)", "CREATE TABLE audit(v)",
        "CREATE TRIGGER audits AFTER INSERT ON audited BEGIN INSERT INTO audit VALUES(new.v); END",
        "CREATE TABLE files(body BLOB)", "INSERT INTO files VALUES(zeroblob(10))", "CREATE TABLE mark(v)",
    ]

    /// `body` with a database of those tables, and what is told of it from now on.
    func changing(
        _ body: (SQLiteDatabase, inout SQLiteChanges.Iterator) async throws -> Void
    ) async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.batch(Self.tables)
            var changes = database.changes().makeAsyncIterator()
            try await body(database, &changes)
            // Nothing is left: the next news is that of this.
            try await database.execute("INSERT INTO mark VALUES(1)")
            #expect(await changes.next() == SQLiteChange(tables: ["mark"]))
        }
    }

    struct Told: Sendable, CustomTestStringConvertible {
        var statement: SQLQuery
        var tables: Set<String>
        var schema = false
        var testDescription: String { "\(statement)" }
    }

    static let told = [
        Told(statement: "INSERT INTO t VALUES(3, 'c')", tables: ["t"]),
        Told(statement: "INSERT INTO T(v) SELECT v || 'x' FROM t", tables: ["t"]),
        Told(statement: "INSERT INTO t VALUES(3, 'c') RETURNING id", tables: ["t"]),
        Told(statement: "UPDATE t SET v = 'z' WHERE id = 1", tables: ["t"]),
        Told(statement: "DELETE FROM t WHERE id = 1", tables: ["t"]),
        Told(statement: "DELETE FROM t", tables: ["t"]),
        Told(
            statement: "INSERT INTO t VALUES(1, 'x') ON CONFLICT(id) DO UPDATE SET v = excluded.v", tables: ["t"]),
        Told(statement: "REPLACE INTO t VALUES(1, 'x')", tables: ["t"]),
        Told(statement: "INSERT OR IGNORE INTO t VALUES(1, 'x'), (3, 'y')", tables: ["t"]),
        Told(statement: "INSERT INTO keyed VALUES('b', 2)", tables: ["keyed"]),
        Told(statement: "UPDATE keyed SET v = 3", tables: ["keyed"]),
        Told(statement: "DELETE FROM keyed", tables: ["keyed"]),
        Told(statement: "DELETE FROM parent WHERE id = 1", tables: ["parent", "child"]),
        Told(statement: "INSERT INTO audited VALUES(1)", tables: ["audited", "audit"]),
        Told(statement: "WITH c(x) AS (SELECT 7) INSERT INTO audit SELECT x FROM c", tables: ["audit"]),
        Told(statement: "CREATE TABLE n(v)", tables: [], schema: true),
        Told(statement: "ALTER TABLE t RENAME COLUMN v TO w", tables: [], schema: true),
        Told(statement: "CREATE INDEX i ON t(v)", tables: [], schema: true),
        Told(statement: "CREATE VIEW w AS SELECT 1", tables: [], schema: true),
        Told(
            statement: "CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM mark; END", tables: [], schema: true),
        Told(statement: "DROP TRIGGER audits", tables: [], schema: true),
    ]

    @Test("of one statement is told with what it has changed", arguments: told)
    func statement(told: Told) async throws {
        try await changing { database, changes async throws in
            try await database.execute(told.statement)
            #expect(await changes.next() == SQLiteChange(tables: told.tables, schema: told.schema))
        }
    }

    @Test("that drops a table is told as one of the schema")
    func drop() async throws {
        try await changing { database, changes async throws in
            try await database.execute("DROP TABLE t")
            #expect(await changes.next()?.schema == true)
        }
    }

    @Test("into a full-text index is told with its table")
    func fullText() async throws {
        try await changing { database, changes async throws in
            try await database.execute("CREATE VIRTUAL TABLE texts USING fts5(body)")
            #expect(await changes.next()?.schema == true)
            try await database.execute("INSERT INTO texts VALUES('hello')")
            let change = await changes.next()
            #expect(
                change?.tables.contains("texts") == true && change?.schema == false, "\(String(describing: change))")
        }
    }

    @Test("of several statements is told once: by write, by batch and by hand")
    func several() async throws {
        try await changing { database, changes async throws in
            let expected = SQLiteChange(tables: ["t", "keyed"])
            try await database.write { handle in
                try await handle.execute("UPDATE t SET v = id")
                _ = try await handle.query("INSERT INTO keyed VALUES('w', 1) RETURNING k")
                _ = try await handle.query("SELECT * FROM mark")
            }
            #expect(await changes.next() == expected)
            try await database.batch(["UPDATE t SET v = id + 100", "INSERT INTO keyed VALUES('b', 1)"])
            #expect(await changes.next() == expected)
            try await database.writer.withConnection { handle in
                try await handle.execute("BEGIN")
                try await handle.execute("UPDATE t SET v = id + 200")
                try await handle.execute("INSERT INTO keyed VALUES('h', 1)")
                try await handle.execute("COMMIT")
            }
            #expect(await changes.next() == expected)
        }
    }

    @Test("is told when it is made, and can be read by whoever was told")
    func visible() async throws {
        try await changing { database, changes async throws in
            for number in 10..<60 {
                try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(\(number), \(number))") }
                #expect(await changes.next()?.tables == ["t"])
                #expect(try await database.int("SELECT max(id) FROM t") == number)
            }
        }
    }

    @Test("of a write into a blob is told, however its table is spelt", arguments: ["main", "MAIN"])
    func blob(schema: String) async throws {
        try await changing { database, changes async throws in
            for inTransaction in [true, false] {
                @Sendable nonisolated(nonsending) func write(_ handle: SQLiteHandle) async throws {
                    try await handle.withBlob(
                        in: "Files", column: "body", row: 1, database: schema, access: .readWrite
                    ) { try await $0.write([1]) }
                }
                if inTransaction {
                    try await database.write(write)
                } else {
                    try await database.writer.withConnection(write)
                }
                #expect(await changes.next()?.tables.map { $0.lowercased() } == ["files"])
            }
        }
    }

    @Test("of a stream that was left before its end is told", arguments: [true, false])
    func stream(inTransaction: Bool) async throws {
        try await changing { database, changes async throws in
            @Sendable nonisolated(nonsending) func write(_ handle: SQLiteHandle) async throws {
                let rows = try await handle.stream(
                    "INSERT INTO audit WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 500) SELECT x FROM c RETURNING v"
                )
                for try await _ in rows { break }
            }
            if inTransaction {
                try await database.write(write)
            } else {
                try await database.writer.withConnection(write)
            }
            #expect(await changes.next()?.tables == ["audit"])
            #expect(try await database.int("SELECT count(*) FROM audit") == 500)
        }
    }

    @Test("of a statement that failed half-way and kept its rows is told", arguments: [true, false])
    func failed(inTransaction: Bool) async throws {
        try await changing { database, changes async throws in
            @Sendable nonisolated(nonsending) func write(_ handle: SQLiteHandle) async throws {
                #expect(
                    try await kind { try await handle.execute("INSERT OR FAIL INTO t VALUES(8, 'h'), (1, 'a')") }
                        == .uniqueViolation)
            }
            if inTransaction {
                try await database.write(write)
            } else {
                try await database.writer.withConnection(write)
            }
            #expect(try await database.int("SELECT count(*) FROM t WHERE id = 8") == 1)
            #expect(await changes.next()?.tables == ["t"])
        }
    }

    @Test("of a savepoint that was undone is told with what was not, and perhaps with more")
    func savepoint() async throws {
        try await changing { database, changes async throws in
            struct Refusal: Error {}
            try await database.write { handle in
                try await handle.execute("INSERT INTO keyed VALUES('s', 1)")
                try? await handle.transaction { inner in
                    try await inner.execute("DELETE FROM t")
                    throw Refusal()
                }
            }
            let tables = await changes.next()?.tables ?? []
            #expect(tables.isSuperset(of: ["keyed"]) && tables.isSubset(of: ["keyed", "t"]))
            #expect(try await database.int("SELECT count(*) FROM t") == 2)
        }
    }
}
