import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A collation in Swift", .timeLimit(.minutes(1))) struct CollationTests {
    let scratch = try! Scratch()

    /// Shorter ones first.
    static let byLength = SQLiteCollation("length") { a, b in SQLiteOrdering(a.count, b.count) }

    @Test("orders, groups and keeps unique")
    func order() async throws {
        try await SQLite(path: scratch.path(), collations: [Self.byLength]).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v TEXT COLLATE length UNIQUE)")
            try await handle.execute("INSERT INTO t VALUES('ccc'), ('a'), ('zz'), ('')")
            let rows = try await handle.query("SELECT v FROM t ORDER BY v DESC")
            #expect(try rows.map { try $0.decode(String.self) } == ["ccc", "zz", "a", ""])
            #expect(try await kind { try await handle.execute("INSERT INTO t VALUES('b')") } == .uniqueViolation)
            #expect(try await handle.query("SELECT v FROM t WHERE v = 'xx'")[0].decode(String.self) == "zz")
        }
    }

    @Test("never sees text that is no UTF-8, which comes last and in the order of its bytes")
    func notUTF8() async throws {
        let whole = SQLiteCollation("whole") { a, b in
            #expect(!a.unicodeScalars.contains("\u{FFFD}") && !b.unicodeScalars.contains("\u{FFFD}"))
            return SQLiteOrdering(a, b)
        }
        try await SQLite(path: scratch.path(), collations: [whole]).lending { handle, _ async throws in
            let rows = try await handle.query(
                """
                WITH t(v) AS (VALUES (CAST(x'ff' AS TEXT)), ('b'), (CAST(x'61ff' AS TEXT)), ('a'), (CAST(x'ff' AS TEXT)))
                SELECT CAST(v AS BLOB) FROM t GROUP BY v COLLATE whole ORDER BY v COLLATE whole
                """)
            #expect(try rows.map { try $0.decode([UInt8].self) } == [[0x61], [0x62], [0x61, 0xff], [0xff]])
        }
    }

    @Test("works in a file whose text is UTF-16")
    func utf16() async throws {
        var driver = SQLite(path: scratch.path(), functions: [FunctionTests.slug], collations: [Self.byLength])
        driver.onConnect = { try await $0.execute("PRAGMA encoding = 'UTF-16'") }
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v TEXT COLLATE length)")
            try await handle.execute("INSERT INTO t VALUES('ÄÖÜ'), ('ẞ')")
            let rows = try await handle.query("SELECT slug(v) FROM t ORDER BY v")
            #expect(try rows.map { try $0.decode(String.self) } == ["ß", "äöü"])
            #expect(try await handle.query("PRAGMA encoding")[0].decode(String.self) == "UTF-16le")
        }
    }
}
