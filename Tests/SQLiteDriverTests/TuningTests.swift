import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A connection's settings") struct TuningTests {
    let scratch = try! Scratch()

    @Test("are what the driver says, read back from SQLite")
    func applied() async throws {
        let driver = SQLite(
            path: scratch.path(), cacheSize: 8 << 20, mmapSize: 1 << 20, tempStore: .memory, walAutocheckpoint: 123,
            journalSizeLimit: 65536, trustedSchema: false)
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("PRAGMA cache_size") == -8192)
            #expect(try await handle.int("PRAGMA mmap_size") == 1 << 20)
            #expect(try await handle.int("PRAGMA temp_store") == 2)
            #expect(try await handle.int("PRAGMA wal_autocheckpoint") == 123)
            #expect(try await handle.int("PRAGMA journal_size_limit") == 65536)
            #expect(try await handle.int("PRAGMA trusted_schema") == 0)
        }
        let other = SQLite(
            path: scratch.path(), cacheSize: 1025, tempStore: .file, walAutocheckpoint: 0, journalSizeLimit: 0)
        try await other.lending { handle, _ async throws in
            #expect(try await handle.int("PRAGMA cache_size") == -2)
            #expect(try await handle.int("PRAGMA temp_store") == 1)
            #expect(try await handle.int("PRAGMA wal_autocheckpoint") == 0)
            #expect(try await handle.int("PRAGMA journal_size_limit") == 0)
        }
    }

    @Test("trust the file and map nothing unless told otherwise", arguments: [true, false])
    func defaults(isInMemory: Bool) async throws {
        let driver = isInMemory ? SQLite.inMemory() : SQLite(path: scratch.path())
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("PRAGMA trusted_schema") == 1)
            #expect(try await handle.int("PRAGMA cell_size_check") == 1)
            #expect(try await handle.int("PRAGMA temp_store") == 0)
            if !isInMemory { #expect(try await handle.int("PRAGMA mmap_size") == 0) }
        }
    }

    @Test("are set in memory, too")
    func memory() async throws {
        let driver = SQLite.inMemory(
            cacheSize: 1 << 20, tempStore: .memory, limits: .init(columns: 5), trustedSchema: false)
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("PRAGMA cache_size") == -1024)
            #expect(try await handle.int("PRAGMA temp_store") == 2)
            #expect(try await handle.int("PRAGMA trusted_schema") == 0)
            #expect(try await kind { try await handle.query("SELECT 1, 2, 3, 4, 5, 6") } == .syntax)
        }
    }

    @Test("let a trigger fill a full-text index if the file is trusted, as it is if nothing else is said")
    func trusted() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE note(id INTEGER PRIMARY KEY, text)")
            try await handle.execute("CREATE VIRTUAL TABLE word USING fts5(text, content='note', content_rowid='id')")
            try await handle.execute(
                """
                CREATE TRIGGER noted AFTER INSERT ON note
                BEGIN INSERT INTO word(rowid, text) VALUES(new.id, new.text); END
                """)
            try await handle.execute("INSERT INTO note(text) VALUES('green cheese')")
            #expect(try await handle.int("SELECT count(*) FROM word('cheese')") == 1)
        }
    }

    @Test("let a view use only what is harmless if it is not, and say what to do")
    func distrusted() async throws {
        var driver = SQLite(path: scratch.path(), trustedSchema: false)
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            try await handle.execute("CREATE VIEW harmless AS SELECT upper(v) AS v FROM t, json_each('[1]')")
            try await handle.execute("CREATE VIEW columns AS SELECT name FROM pragma_table_info('t')")
            #expect(try await handle.query("SELECT v FROM harmless").isEmpty)
            let error = await #expect(throws: SQLError.self) { try await handle.query("SELECT name FROM columns") }
            #expect(
                error?.message == "unsafe use of virtual table \"pragma_table_info\": the driver does not trust this "
                    + "file's views, triggers and the like with it; if nobody else writes the file, set trustedSchema: "
                    + "true (trusted_schema=true in a URL)")
        }
        driver.trustedSchema = true
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.query("SELECT name FROM columns").count == 1)
        }
    }

    @Test(
        "that SQLite does not take as they are fail the connect, with what it made of them",
        arguments: [
            (SQLite.Limits(columns: 40_000), "limits.columns was set to 40000 and is "),
            (SQLite.Limits(attachedDatabases: 200), "limits.attachedDatabases was set to 200 and is "),
            (SQLite.Limits(variables: .max), "limits.variables was set to 9223372036854775807 and is "),
        ])
    func refused(limits: SQLite.Limits, sentence: String) async throws {
        let driver = SQLite(path: scratch.path(), limits: limits)
        let error = await #expect(throws: SQLError.self) { try await driver.connect() }
        #expect(error?.kind == .cannotOpen)
        let all = "'\(driver.path)' can't be used as configured: \(sentence)"
        #expect(error?.message.hasPrefix(all) == true, "\(error?.message ?? "")")
    }

    @Test("that SQLite cuts down fail the connect, too")
    func mapping() async throws {
        let driver = SQLite(path: scratch.path(), mmapSize: 1 << 62)
        let error = await #expect(throws: SQLError.self) { try await driver.connect() }
        #expect(error?.kind == .cannotOpen)
        #expect(error?.message.contains("mmap_size was set to \(1 << 62) and is ") == true, "\(error?.message ?? "")")
    }
}

@Suite("A limit") struct LimitTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var limits: SQLite.Limits
        var text: String
        var values = 0
        var testDescription: String { String(text.prefix(40)) }
    }

    static let cases: [Case] = [
        Case(limits: .init(length: 1000), text: "SELECT zeroblob(1001)"),
        Case(limits: .init(sqlLength: 1000), text: "SELECT 1 --" + String(repeating: "-", count: 1000)),
        Case(limits: .init(columns: 5), text: "SELECT 1, 2, 3, 4, 5, 6"),
        Case(limits: .init(expressionDepth: 5), text: "SELECT 1 + 1 + 1 + 1 + 1 + 1"),
        Case(limits: .init(compoundSelects: 2), text: "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"),
        Case(
            limits: .init(vdbeOperations: 1000),
            text: (0..<400).map { "SELECT \($0)" }.joined(separator: " UNION ALL ")),
        Case(limits: .init(functionArguments: 2), text: "SELECT max(1, 2, 3)"),
        Case(limits: .init(attachedDatabases: 0), text: "ATTACH ':memory:' AS a"),
        Case(limits: .init(likePatternLength: 5), text: "SELECT 'x' LIKE 'abcdef'"),
        Case(limits: .init(variables: 2), text: "SELECT ?, ?, ?", values: 3),
        Case(limits: .init(triggerDepth: 0), text: "INSERT INTO t VALUES(1)"),
    ]

    @Test("refuses what is beyond it, which goes through without it", arguments: cases)
    func limit(_ limited: Case) async throws {
        for limits in [limited.limits, SQLite.Limits()] {
            try await SQLite.inMemory(limits: limits).lending { handle, _ async throws in
                try await handle.execute("CREATE TABLE t(v)")
                try await handle.execute("CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t WHERE v = 5; END")
                let failed = try await kind {
                    if limited.values == 3 { return try await handle.query("SELECT \(1), \(2), \(3)").count }
                    return try await handle.query(SQLQuery(unsafe: limited.text)).count
                }
                #expect((failed != nil) == (limits == limited.limits))
                #expect(try await handle.int("SELECT 1") == 1)
            }
        }
    }

    @Test(
        "leaves the driver's own statements alone, however strict",
        arguments: [
            .strict,
            SQLite.Limits(
                length: 1000, sqlLength: 1000, columns: 5, expressionDepth: 5, compoundSelects: 1,
                vdbeOperations: 1000, functionArguments: 1, attachedDatabases: 0, likePatternLength: 1, variables: 0,
                triggerDepth: 0),
        ])
    func driver(limits: SQLite.Limits) async throws {
        let scratch = try Scratch()
        let pool = try Pool(
            SQLite(path: scratch.path(), limits: limits),
            // Time enough on a machine that stands still for a moment: who misses it is replaced.
            configuration: PoolConfiguration(
                max: 1, validationTimeout: .seconds(20), resetTimeout: .seconds(20), validation: .always))
        try await pool.execute("CREATE TABLE t(v)")
        try await pool.transaction { handle in
            try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
            await #expect(throws: CancellationError.self) {
                try await handle.transaction { handle in
                    try await handle.execute("INSERT INTO t VALUES(2)")
                    throw CancellationError()
                }
            }
        }
        #expect(try await pool.transaction(.readOnly) { try await $0.query("SELECT v FROM t").count } == 1)
        try await pool.withConnection { _ = try await $0.execute("BEGIN") }
        #expect(try await pool.query("SELECT v FROM t").count == 1)
        #expect(pool.statistics.resets == 1 && pool.statistics.connected == 1)
        #expect(await pool.shutdown().isClean)
    }
}
