import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("What a borrower changes on a connection does not reach the next one (F53)", .timeLimit(.minutes(2)))
struct SessionTests {
    let scratch = try! Scratch()

    private func pool(_ change: (inout SQLite) -> Void = { _ in }) throws -> Pool<SQLite> {
        var driver = SQLite(path: scratch.path())
        change(&driver)
        // Whether a connection stays is what is tested: a busy machine must not be what replaces it.
        let patience = Duration.seconds(60)
        return try Pool(
            driver, configuration: PoolConfiguration(min: 1, max: 1, resetTimeout: patience, validation: .never))
    }

    /// Settings with another value than they have, and how they read.
    @Test(
        "a setting is put back",
        arguments: [
            ("cache_size", "-4321"), ("foreign_keys", "0"), ("synchronous", "0"), ("recursive_triggers", "1"),
            ("query_only", "1"), ("ignore_check_constraints", "1"), ("reverse_unordered_selects", "1"),
            ("busy_timeout", "5000"), ("wal_autocheckpoint", "7"), ("temp_store", "2"), ("mmap_size", "1048576"),
            ("trusted_schema", "0"), ("writable_schema", "1"), ("journal_size_limit", "4096"), ("threads", "0"),
        ])
    func setting(name: String, value: String) async throws {
        let pool = try pool()
        let before = try await pool.query("PRAGMA \(unsafe: name)").first?[0]
        let within = try await pool.withConnection { handle async throws in
            try await handle.execute("PRAGMA \(unsafe: name) = \(unsafe: value)")
            return try await handle.query("PRAGMA \(unsafe: name)").first?[0]
        }
        #expect(try await pool.query("PRAGMA \(unsafe: name)").first?[0] == before)
        #expect(pool.statistics.connected == 1)
        #expect(within != before || name == "threads" || name == "writable_schema")
        _ = await pool.shutdown()
    }

    @Test(
        "a setting that can't be put back costs the connection",
        arguments: ["PRAGMA case_sensitive_like = 1", "PRAGMA locking_mode = exclusive", "PRAGMA secure_delete = fast"])
    func irreversible(statement: String) async throws {
        let pool = try pool()
        try await pool.execute("\(unsafe: statement)")
        try await pool.execute("SELECT 1")
        #expect(pool.statistics.connected == 2)
        #expect(try await pool.query("SELECT 'a' LIKE 'A'").first?.decode(Bool.self) == true)
        _ = await pool.shutdown()
    }

    @Test("reading a setting, and what belongs to the file, costs nothing")
    func harmless() async throws {
        let pool = try pool()
        try await pool.withConnection { handle async throws in
            for statement in [
                "PRAGMA cache_size", "PRAGMA user_version = 7", "PRAGMA application_id = 7", "PRAGMA table_info(t)",
                "PRAGMA wal_checkpoint(PASSIVE)", "CREATE TABLE t(v)", "PRAGMA optimize", "PRAGMA integrity_check(1)",
            ] {
                try await handle.execute("\(unsafe: statement)")
            }
        }
        try await pool.execute("SELECT 1")
        #expect(pool.statistics.resets == 0)
        #expect(pool.statistics.connected == 1)
        #expect(try await pool.query("PRAGMA user_version").first?.decode(Int.self) == 7)
        _ = await pool.shutdown()
    }

    @Test("temporary tables, views and triggers go")
    func temporaries() async throws {
        let pool = try pool()
        try await pool.execute("CREATE TABLE t(v)")
        for _ in 0..<2 {
            try await pool.withConnection { handle async throws in
                try await handle.execute("CREATE TEMP TABLE a(v)")
                try await handle.execute("CREATE TABLE temp.b(v PRIMARY KEY)")
                try await handle.execute("CREATE INDEX temp.ai ON a(v)")
                try await handle.execute("CREATE TEMP VIEW w AS SELECT * FROM a")
                try await handle.execute("CREATE VIRTUAL TABLE temp.f USING fts5(x)")
                try await handle.execute("CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO a VALUES(1); END")
                try await handle.execute("INSERT INTO t VALUES(1)")
                #expect(try await handle.int("SELECT count(*) FROM w") == 1)
            }
        }
        #expect(try await pool.query("SELECT count(*) FROM temp.sqlite_schema").first?.decode(Int.self) == 0)
        try await pool.execute("INSERT INTO t VALUES(2)")
        #expect(pool.statistics.connected == 1)
        #expect(pool.statistics.resets == 2)
        _ = await pool.shutdown()
    }

    @Test("an attached database goes, and is not mistaken for the main one")
    func attached() async throws {
        let pool = try pool()
        let other = scratch.path("other.db")
        for _ in 0..<2 {
            try await pool.withConnection { handle async throws in
                try await handle.execute("ATTACH \(other) AS other")
                try await handle.execute("CREATE TABLE IF NOT EXISTS other.t(v)")
                try await handle.execute("INSERT INTO other.t VALUES(1)")
            }
        }
        #expect(try await pool.query("PRAGMA database_list").count == 1)
        #expect(pool.statistics.connected == 1)
        _ = await pool.shutdown()
    }

    @Test("what onConnect has set up stays, and is put back")
    func baseline() async throws {
        let other = scratch.path("other.db")
        let pool = try pool { driver in
            driver.onConnect = { handle in
                try await handle.execute("PRAGMA cache_size = -777")
                try await handle.execute("CREATE TEMP TABLE mine(v)")
                try await handle.execute("ATTACH \(other) AS other")
            }
        }
        try await pool.withConnection { handle async throws in
            try await handle.execute("PRAGMA cache_size = -999")
            try await handle.execute("CREATE TEMP TABLE theirs(v)")
            try await handle.execute("ATTACH \(other) AS another")
        }
        #expect(try await pool.query("PRAGMA cache_size").first?.decode(Int.self) == -777)
        #expect(
            try await pool.query("SELECT name FROM temp.sqlite_schema").map { try $0.decode(String.self) } == ["mine"])
        #expect(try await pool.query("PRAGMA database_list").count == 3)
        #expect(pool.statistics.connected == 1)
        // What was there and is gone can't be made again by the pool.
        try await pool.execute("DROP TABLE temp.mine")
        #expect(try await pool.query("SELECT count(*) FROM temp.mine").first?.decode(Int.self) == 0)
        try await pool.execute("DETACH other")
        #expect(try await pool.query("PRAGMA database_list").count == 3)
        #expect(pool.statistics.connected == 3)
        _ = await pool.shutdown()
    }

    @Test("not at all if the driver is told to trust, and after every loan if it is told so")
    func modes() async throws {
        let trusting = try pool { $0.sessionReset = .never }
        try await trusting.execute("PRAGMA cache_size = -999")
        #expect(try await trusting.query("PRAGMA cache_size").first?.decode(Int.self) == -999)
        #expect(trusting.statistics.resets == 0)
        _ = await trusting.shutdown()
        let always = try pool { $0.sessionReset = .always }
        try await always.execute("PRAGMA cache_size = -999")
        #expect(try await always.query("PRAGMA cache_size").first?.decode(Int.self) == -2000)
        #expect(always.statistics.resets >= 1)
        _ = await always.shutdown()
    }

    @Test("and neither does an open transaction")
    func transaction() async throws {
        let pool = try pool()
        try await pool.execute("CREATE TABLE t(v)")
        try await pool.withConnection { handle async throws in
            try await handle.execute("BEGIN")
            try await handle.execute("INSERT INTO t VALUES(1)")
        }
        #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(Int.self) == 0)
        #expect(pool.statistics.resets == 1)
        _ = await pool.shutdown()
    }
}
