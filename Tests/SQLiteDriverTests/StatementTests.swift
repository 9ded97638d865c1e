import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

@Suite("Statements") struct StatementTests {
    let scratch = try! Scratch()

    @Test("give back every value as it was given")
    func roundTrip() async throws {
        let values: [SQLValue] = [
            .null, .integer(.min), .integer(.max), .integer(0), .double(1.5), .double(.infinity), .double(-.infinity),
            .double(.greatestFiniteMagnitude), .double(.leastNonzeroMagnitude), .text(""), .text("plain"),
            .text("a longer text than fits a small string, äöü 🎈 e\u{301}"), .text("nul\u{0}inside\u{0}"), .blob([]),
            .blob([0, 1, 0, 255]), .blob(Array(repeating: 7, count: 100_000)),
        ]
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)")
            for value in values { try await handle.execute("INSERT INTO t(v) VALUES(\(value))") }
            let rows = try await handle.query("SELECT v FROM t ORDER BY id")
            #expect(rows.map { $0[0] } == values)
            #expect(try await handle.int("SELECT \(true) + \(true) + \(false)") == 2)
            #expect(try await handle.query("SELECT \(-0.0)")[0].decode(Double.self).sign == .minus)
        }
    }

    @Test("give text that is no UTF-8 back as bytes, unrepaired")
    func invalidText() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            #expect(try await handle.query("SELECT CAST(x'61ff62' AS TEXT)")[0][0] == .blob([0x61, 0xFF, 0x62]))
            // Three bytes that a repair would replace by three others.
            #expect(try await handle.query("SELECT CAST(x'f09f98' AS TEXT)")[0][0] == .blob([0xF0, 0x9F, 0x98]))
            #expect(try await handle.query("SELECT CAST(x'efbfbd' AS TEXT)")[0][0] == .text("\u{FFFD}"))
        }
    }

    @Test("tell how many rows they changed and which key was made")
    func results() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            #expect(try await handle.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)") == SQLResult(rowsAffected: 0))
            let insert = try await handle.execute("INSERT INTO t(id, v) VALUES(40, 1), (41, 2)")
            #expect(insert == SQLResult(rowsAffected: 2, lastInsertID: 41))
            #expect(try await handle.execute("UPDATE t SET v = 3") == SQLResult(rowsAffected: 2))
            #expect(try await handle.execute("SELECT * FROM t") == SQLResult(rowsAffected: 0))
            #expect(try await handle.execute("INSERT OR IGNORE INTO t(id) VALUES(40)") == SQLResult(rowsAffected: 0))
            let with = try await handle.execute("WITH x AS (SELECT 7 AS v) INSERT INTO t(v) SELECT v FROM x")
            #expect(with == SQLResult(rowsAffected: 1, lastInsertID: 42))
            #expect(try await handle.execute("DELETE FROM t WHERE id = 999") == SQLResult(rowsAffected: 0))
            #expect(try await handle.execute("DELETE FROM t") == SQLResult(rowsAffected: 3))
        }
    }

    @Test("return many rows in their order, with names")
    func manyRows() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            let rows = try await handle.query(
                "WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c WHERE x < 9999) SELECT x AS a, x * 2 AS b FROM c"
            )
            #expect(rows.count == 10_000)
            #expect(rows[9999]["b"] == .integer(19_998))
            #expect(rows[1234]["a"] == .integer(1234))
            #expect(rows[0].columns === rows[9999].columns)
        }
    }

    @Test("report constraints by kind")
    func constraints() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute(
                "CREATE TABLE t(id INTEGER PRIMARY KEY, u UNIQUE, n INT NOT NULL DEFAULT 0, c CHECK (c > 0))")
            try await handle.execute("INSERT INTO t(id, u) VALUES(1, 'secret')")
            #expect(try await kind { try await handle.execute("INSERT INTO t(id) VALUES(1)") } == .uniqueViolation)
            let error = await #expect(throws: SQLError.self) {
                try await handle.execute("INSERT INTO t(u) VALUES(\("secret"))")
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error.map { "\($0)".contains("secret") } == false)
            #expect(try await kind { try await handle.execute("INSERT INTO t(n) VALUES(NULL)") } == .notNullViolation)
            #expect(try await kind { try await handle.execute("INSERT INTO t(c) VALUES(-1)") } == .checkViolation)
            #expect(try await kind { try await handle.execute("INSERT INTO t(id) VALUES('x')") } == .typeMismatch)
        }
    }

    @Test("with mistakes are refused as such and leave the connection usable")
    func mistakes() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            #expect(try await kind { try await handle.query("SELEC 1") } == .syntax)
            #expect(try await kind { try await handle.query("SELECT * FROM nowhere") } == .syntax)
            #expect(try await kind { try await handle.query("") } == .syntax)
            #expect(try await kind { try await handle.query(" -- nothing") } == .syntax)
            #expect(try await kind { try await handle.query("SELECT 1; SELECT 2") } == .syntax)
            #expect(try await kind { try await handle.query("SELECT 1\u{0}; DROP") } == .syntax)
            #expect(try await kind { try await handle.query("SELECT ?") } == .syntax)
            #expect(try await kind { try await handle.query(SQLQuery(unsafe: "SELECT 1", binds: [.null])) } == .syntax)
            #expect(try await handle.int("SELECT 1; -- a comment may follow") == 1)
            #expect(try await handle.int(SQLQuery(unsafe: "SELECT ? + ?", binds: [.integer(1), .integer(2)])) == 3)
        }
    }

    @Test("are kept up to the capacity, the least recently used going first")
    func cache() async throws {
        try await SQLite(path: scratch.path(), statementCacheCapacity: 3).lending { handle, connection async throws in
            func run(_ number: Int) async throws { _ = try await handle.query(SQLQuery(unsafe: "SELECT \(number)")) }
            for number in [1, 2, 3, 1, 4] { try await run(number) }
            #expect(Set(connection.statements.all.map(\.text)) == ["SELECT 3", "SELECT 1", "SELECT 4"])
            for number in 0..<100 { try await run(number) }
            #expect(Set(connection.statements.all.map(\.text)) == ["SELECT 97", "SELECT 98", "SELECT 99"])
        }
    }

    @Test("of one text that is written in two places are one statement")
    func aliases() async throws {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            for value in 0..<3 {
                #expect(try await handle.int("SELECT \(value) + 1") == value + 1)
                #expect(try await handle.int(SQLQuery(unsafe: "SELECT ? + 1", binds: [.integer(5)])) == 6)
                #expect(try await handle.int("SELECT \(value) + 1") == value + 1)
            }
            #expect(connection.statements.all.map(\.text) == ["SELECT ? + 1"])
        }
    }

    @Test("follow a change of the schema that somebody else makes")
    func schemaChange() async throws {
        let driver = SQLite(path: scratch.path())
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(a)")
            try await handle.execute("INSERT INTO t VALUES(1)")
            func all() async throws -> [String] { try await handle.query("SELECT * FROM t")[0].columns.map { $0 } }
            #expect(try await all() == ["a"])
            try await driver.lending { other, _ async throws in
                try await other.execute("ALTER TABLE t ADD COLUMN b DEFAULT 2")
                try await other.execute("ALTER TABLE t RENAME COLUMN a TO z")
            }
            #expect(try await all() == ["z", "b"])
            #expect(try await handle.query("SELECT * FROM t")[0]["b"] == .integer(2))
        }
    }

    @Test("forget their values when they are done")
    func values() async throws {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            #expect(try await handle.int("SELECT \(41) + 1") == 42)
            #expect(try await handle.serverVersion().hasPrefix("3."))
            #expect("\(handle)".contains("test.db"))
        }
    }
}
