import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("What a borrower smuggles into a connection does not reach the next one (F53)", .timeLimit(.minutes(2)))
struct SessionLeakTests {
    let scratch = try! Scratch()

    private func pool(_ change: (inout SQLite) -> Void = { _ in }) throws -> Pool<SQLite> {
        var driver = SQLite(path: scratch.path())
        change(&driver)
        return try Pool(
            driver, configuration: PoolConfiguration(min: 1, max: 1, resetTimeout: .seconds(20), validation: .never))
    }

    @Test(
        "a setting in a text that is refused",
        arguments: [
            "PRAGMA cache_size = 100; PRAGMA foreign_keys = OFF", "SELECT 1; PRAGMA case_sensitive_like = ON",
            "PRAGMA case_sensitive_like = ON garbage", "PRAGMA foreign_keys = OFF garbage",
            "PRAGMA user_version = 1; PRAGMA foreign_keys = OFF",
        ])
    func refused(text: String) async throws {
        let pool = try pool()
        #expect(try await kind { try await pool.execute("\(unsafe: text)") } == .syntax)
        #expect(try await pool.query("PRAGMA foreign_keys").first?.decode(Int.self) == 1)
        #expect(try await pool.query("SELECT 'a' LIKE 'A'").first?.decode(Int.self) == 1)
        _ = await pool.shutdown()
    }

    @Test(
        "another temporary table under the name of one that onConnect has made",
        arguments: [
            ["DROP TABLE scratch", "CREATE TEMP TABLE scratch(other)"], ["ALTER TABLE scratch RENAME TO taken"],
            ["ALTER TABLE scratch ADD COLUMN more"],
        ])
    func temporary(statements: [String]) async throws {
        let pool = try pool { $0.onConnect = { _ = try await $0.execute("CREATE TEMP TABLE scratch(v)") } }
        try await pool.withConnection { handle async throws in
            for statement in statements { try await handle.execute("\(unsafe: statement)") }
        }
        let sql = try await pool.query("SELECT sql FROM temp.sqlite_schema").first?.decode(String.self)
        #expect(sql == "CREATE TABLE scratch(v)")
        _ = await pool.shutdown()
    }

    @Test("a temporary trigger that was there when its statement was compiled, and is not there any more")
    func recompiled() async throws {
        let pool = try pool()
        try await pool.execute("CREATE TABLE t(v)")
        let create: SQLQuery = "CREATE TEMP TRIGGER IF NOT EXISTS tr AFTER INSERT ON t BEGIN SELECT 1; END"
        try await pool.withConnection { handle async throws in
            try await handle.execute("CREATE TEMP TRIGGER tr AFTER INSERT ON t BEGIN SELECT 2; END")
            try await handle.execute(create)
        }
        try await pool.execute(create)
        #expect(try await pool.query("SELECT count(*) FROM temp.sqlite_schema").first?.decode(Int.self) == 0)
        _ = await pool.shutdown()
    }

    @Test("another file under the name of one that onConnect has attached")
    func attachment() async throws {
        let (own, other) = (scratch.path("own.db"), scratch.path("other.db"))
        for path in [own, other] {
            try await SQLite(path: path).lending { handle, _ async throws in
                try await handle.execute("CREATE TABLE name(v)")
                try await handle.execute("INSERT INTO name VALUES(\(path))")
            }
        }
        let pool = try pool { $0.onConnect = { _ = try await $0.execute("ATTACH \(own) AS aux") } }
        try await pool.withConnection { handle async throws in
            try await handle.execute("DETACH aux")
            try await handle.execute("ATTACH \(other) AS aux")
        }
        #expect(try await pool.query("SELECT v FROM aux.name").first?.decode(String.self) == own)
        _ = await pool.shutdown()
    }

    @Test("another database in memory under the name of one that onConnect has attached")
    func memory() async throws {
        let pool = try pool {
            $0.onConnect = {
                _ = try await $0.execute("ATTACH ':memory:' AS aux")
                _ = try await $0.execute("CREATE TABLE aux.a(v)")
            }
        }
        try await pool.withConnection { handle async throws in
            try await handle.execute("DETACH aux")
            try await handle.execute("ATTACH ':memory:' AS aux")
        }
        #expect(try await pool.query("SELECT * FROM aux.a").isEmpty)
        _ = await pool.shutdown()
    }

    @Test("a setting of a database that onConnect has attached")
    func schemaSetting() async throws {
        let path = scratch.path("own.db")
        let pool = try pool { $0.onConnect = { _ = try await $0.execute("ATTACH \(path) AS aux") } }
        let before = try await pool.query("PRAGMA aux.synchronous").first?.decode(Int.self)
        try await pool.execute("PRAGMA aux.synchronous = OFF")
        #expect(try await pool.query("PRAGMA aux.synchronous").first?.decode(Int.self) == before)
        _ = await pool.shutdown()
    }

    @Test("a result that was read to its end and whose iterator is kept")
    func iterator() async throws {
        let pool = try pool()
        let kept = try await pool.withConnection { handle async throws in
            var iterator = try await handle.stream("SELECT 1").makeAsyncIterator()
            _ = try await iterator.next()
            return Kept(iterator)
        }
        #expect(try await pool.query("SELECT 42").first?.decode(Int.self) == 42)
        #expect(pool.statistics.connected == 1)
        withExtendedLifetime(kept) {}
        _ = await pool.shutdown()
    }

    private final class Kept: @unchecked Sendable {
        let iterator: SQLRowStream.Iterator
        init(_ iterator: SQLRowStream.Iterator) { self.iterator = iterator }
    }
}
