import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A database in memory (F48)", .timeLimit(.minutes(1))) struct MemoryTests {
    private func rows(_ driver: SQLite) async throws -> Int {
        try await driver.lending { handle, _ async throws in try await handle.int("SELECT count(*) FROM t") }
    }

    private func fill(_ driver: SQLite) async throws {
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            try await handle.execute("INSERT INTO t VALUES(1)")
        }
    }

    @Test("is the same for all connections of a pool with the defaults")
    func shared() async throws {
        let pool = try Pool(SQLite.inMemory())
        try await pool.execute("CREATE TABLE t(v)")
        try await pool.execute("INSERT INTO t VALUES(1)")
        var leases: [SharedLease<SQLite>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        for lease in leases { #expect(try await lease.connection.int("SELECT count(*) FROM t") == 1) }
        leases.removeAll()
        #expect(pool.statistics.connected == 4)
        #expect(await pool.shutdown().isClean)
    }

    @Test("outlives the connections of its pool, and the pool", arguments: [SQLite.Execution.executor, .inline])
    func kept(execution: SQLite.Execution) async throws {
        var alone = SQLite(path: ":memory:")
        alone.execution = execution
        for driver in [SQLite.inMemory(execution: execution), alone] {
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
            try await pool.execute("CREATE TABLE t(v)")
            try await pool.execute("INSERT INTO t VALUES(1)")
            pool.recycle(.all)
            while pool.statistics.total > 0 { await Task.yield() }
            #expect(try await pool.query("SELECT * FROM t").count == 1)
            #expect(pool.statistics.connected == 2)
            #expect(await pool.shutdown().isClean)
            #expect(try await rows(driver) == 1)
        }
    }

    @Test("is another one for each driver without a name, and the same for copies")
    func copies() async throws {
        for driver in [SQLite.inMemory(), SQLite(path: ":memory:")] {
            try await fill(driver)
            var copy = driver
            copy.busyTimeout = .seconds(1)
            #expect(try await rows(copy) == 1)
            copy.path = ":memory:"
            #expect(try await kind { try await rows(copy) } == .syntax)
        }
        let (one, other) = (SQLite.inMemory(), SQLite.inMemory())
        try await fill(one)
        #expect(try await kind { try await rows(other) } == .syntax)
    }

    @Test("with a name is the same for all drivers that name it", arguments: ["plain", "a/b?c=d&e#f%20ä", "vfs=unix"])
    func named(name: String) async throws {
        // Other cases of this test may run at the same time.
        let driver = SQLite.inMemory(name: "named " + name)
        try await fill(driver)
        #expect(try await rows(SQLite.inMemory(name: "named " + name)) == 1)
        #expect(try await kind { try await rows(SQLite.inMemory(name: "named " + name + "x")) } == .syntax)
    }

    @Test("with a name lives as long as one of the drivers that name it, connected or not, and no longer")
    func lifetime() async throws {
        func second() async throws -> SQLite {
            let first = SQLite.inMemory(name: "lifetime")
            let second = try SQLite(url: "sqlite::memory:?name=lifetime")
            try await fill(first)
            return second
        }
        func use() async throws {
            let second = try await second()
            #expect(try await rows(second) == 1)
        }
        try await use()
        #expect(try await kind { try await rows(SQLite.inMemory(name: "lifetime")) } == .syntax)
    }

    @Test("is kept and let go of on the driver's executor")
    func threads() async throws {
        let calls = Calls()
        func use() async throws -> Int {
            let driver = SQLite.inMemory(executor: calls.executor)
            try await fill(driver)
            return withExtendedLifetime(driver) { calls.count }
        }
        let count = try await use()
        // The keeper's close.
        await calls.reach(count + 1)
        #expect(calls.strays == 0)
    }

    @Test("serves eight tasks that read and write at once without an error")
    func load() async throws {
        let pool = try Pool(SQLite.inMemory(), configuration: PoolConfiguration(max: 8))
        try await pool.execute("CREATE TABLE t(v)")
        let rounds = 200
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<rounds {
                        switch (task + round) % 4 {
                        case 0: try await pool.execute("INSERT INTO t VALUES(\(-task * rounds - round - 1))")
                        case 1:
                            // Each sees what the ones before it have done: no two sums are alike.
                            try await pool.transaction { handle in
                                let count = try await handle.int("SELECT count(*) FROM t")
                                try await handle.execute("INSERT INTO t VALUES(\(count))")
                            }
                        case 2: _ = try await pool.query("SELECT count(*) FROM t")
                        default:
                            try await pool.transaction(.readOnly) { handle in
                                let count = try await handle.int("SELECT count(*) FROM t")
                                await Task.yield()
                                #expect(try await handle.int("SELECT count(*) FROM t") == count)
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counts = try await pool.query("SELECT count(*), count(DISTINCT v) FROM t")[0].decode((Int, Int).self)
        #expect(counts.0 == 8 * rounds / 2 && counts.1 == counts.0)
        #expect(await pool.shutdown().isClean)
    }

    @Test("has its own journal, and every other setting")
    func settings() async throws {
        try await SQLite.inMemory().lending { handle, _ async throws in
            #expect(try await handle.query("PRAGMA journal_mode")[0].decode(String.self) == "memory")
            #expect(try await handle.int("PRAGMA foreign_keys") == 1)
            #expect(try await handle.int("PRAGMA synchronous") == 1)
        }
    }

    @Test("undoes what a borrower left open, and what is cancelled")
    func undone() async throws {
        let pool = try Pool(SQLite.inMemory(), configuration: PoolConfiguration(max: 1))
        try await pool.execute("CREATE TABLE t(v)")
        try await pool.withConnection { handle in
            try await handle.execute("BEGIN")
            try await handle.execute("INSERT INTO t VALUES(1)")
        }
        await #expect(throws: CancellationError.self) {
            try await pool.transaction { handle in
                try await handle.execute("INSERT INTO t VALUES(2)")
                throw CancellationError()
            }
        }
        #expect(try await pool.query("SELECT * FROM t").isEmpty)
        #expect(await pool.shutdown().isClean)
    }

    @Test("is read by drivers that may only read, whoever comes first", arguments: [true, false])
    func readers(isFirst: Bool) async throws {
        var reader = SQLite.inMemory()
        let writer = reader
        reader.readOnly = true
        if isFirst { #expect(try await kind { try await rows(reader) } == .syntax) }
        try await fill(writer)
        #expect(try await rows(reader) == 1)
        try await reader.lending { handle, _ async throws in
            #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(2)") } == .readOnly)
        }
    }

    @Test("that is full says so in its own words")
    func full() async throws {
        try await SQLite.inMemory().lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            _ = try await handle.query("PRAGMA max_page_count = 10")
            let error = await #expect(throws: SQLError.self) {
                try await handle.execute("INSERT INTO t VALUES(zeroblob(100000))")
            }
            #expect(error?.kind == .diskFull)
            #expect(error?.message.contains("the in-memory database has reached the size") == true)
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }
}
