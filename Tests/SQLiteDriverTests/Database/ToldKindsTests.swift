import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("Every way to change a table is told", .timeLimit(.minutes(2))) struct ToldKindsTests {
    let scratch = try! Scratch()

    @Test(
        "whatever the statement",
        arguments: [
            ("DELETE FROM parent WHERE id = 1", ["parent", "child"]), ("DELETE FROM plain", ["plain"]),
            ("REPLACE INTO plain VALUES(1, 2)", ["plain"]), ("DELETE FROM keyed", ["keyed"]),
            ("INSERT INTO plain VALUES(1, 3) ON CONFLICT DO UPDATE SET v = 4", ["plain"]),
            ("INSERT INTO seen VALUES(7)", ["plain"]), ("INSERT INTO texts VALUES('a')", ["texts"]),
            ("UPDATE parent SET id = 3 WHERE id = 2", ["parent"]),
        ])
    func kinds(statement: String, expected: [String]) async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()), readers: 1)
        for text in [
            "CREATE TABLE parent(id INTEGER PRIMARY KEY)",
            "CREATE TABLE child(id REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE plain(id INTEGER PRIMARY KEY, v)", "CREATE TABLE keyed(k PRIMARY KEY) WITHOUT ROWID",
            "CREATE VIEW seen AS SELECT v FROM plain",
            "CREATE TRIGGER tr INSTEAD OF INSERT ON seen BEGIN INSERT INTO plain(v) VALUES(new.v); END",
            "CREATE VIRTUAL TABLE texts USING fts5(body)", "INSERT INTO parent VALUES(1), (2)",
            "INSERT INTO child VALUES(1)", "INSERT INTO plain VALUES(1, 1)", "INSERT INTO keyed VALUES(1), (2)",
        ] { try await database.execute("\(unsafe: text)") }
        let changes = database.changes()
        try await database.execute("\(unsafe: statement)")
        _ = await database.shutdown()
        var tables: Set<String> = []
        for await change in changes { tables.formUnion(change.tables) }
        #expect(tables.isSuperset(of: expected))
    }

    @Test("and the log shrinks even if onConnect has told SQLite when to move it")
    func hook() async throws {
        var driver = SQLite(path: scratch.path())
        driver.onConnect = { _ = try await $0.execute("PRAGMA wal_autocheckpoint = 0") }
        let database = try SQLiteDatabase(driver, readers: 1, checkpointing: .init(pages: 20, limit: 40))
        try await database.execute("CREATE TABLE t(v)")
        var (size, hasShrunk) = (0, false)
        // On a crowded machine many writes pass before the checkpointer has its turn.
        let deadline = ContinuousClock.now + .seconds(30)
        while !hasShrunk, ContinuousClock.now < deadline {
            try await database.execute("INSERT INTO t VALUES(zeroblob(20000))")
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("test.db-wal"))
            let now = try #require(attributes[.size] as? Int)
            hasShrunk = now < size
            size = now
        }
        #expect(hasShrunk)
        _ = await database.shutdown()
    }
}
