import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A reader of an SQLiteDatabase", .timeLimit(.minutes(2))) struct FirstReadTests {
    let scratch = try! Scratch()

    @Test("refuses to write from its first loan on", arguments: [true, false])
    func first(inTransaction: Bool) async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()), readers: 1)
        try await database.execute("CREATE TABLE t(v)")
        for _ in 1...2 {
            let refusal = try await kind {
                if inTransaction {
                    try await database.read { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
                } else {
                    _ = try await database.readers.execute("INSERT INTO t VALUES(1)")
                }
            }
            #expect(refusal == .readOnly)
        }
        #expect(try await database.query("SELECT count(*) FROM t").first?.decode(Int.self) == 0)
        _ = await database.shutdown()
    }

    @Test(
        "does what only reads, whatever SQLite says of it",
        arguments: [
            "VALUES(1), (2)", "VALUES(1)", "SELECT 1 UNION SELECT 2", "EXPLAIN QUERY PLAN SELECT 1",
            "PRAGMA shrink_memory", "PRAGMA table_info(t)", "PRAGMA cache_size", "SAVEPOINT s", "BEGIN",
            "ATTACH ':memory:' AS m",
            "WITH c(x) AS (VALUES(1)) SELECT * FROM c", "SELECT * FROM pragma_table_info('t')",
        ])
    func reading(statement: String) async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()), readers: 1)
        try await database.execute("CREATE TABLE t(v)")
        for _ in 1...2 { _ = try await database.readers.query("\(unsafe: statement)") }
        _ = await database.shutdown()
    }

    @Test("refuses a statement that had nothing to do when it was compiled, and has now")
    func recompiled() async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()), readers: 1)
        try await database.execute("CREATE TABLE t(v)")
        let drop: SQLQuery = "DROP TRIGGER IF EXISTS tr"
        _ = try? await database.readers.execute(drop)
        try await database.execute("CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END")
        #expect(try await kind { try await database.readers.execute(drop) } == .readOnly)
        let triggers = try await database.query("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")
        #expect(try triggers.first?.decode(Int.self) == 1)
        _ = await database.shutdown()
    }
}
