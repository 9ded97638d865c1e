import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Statements", .timeLimit(.minutes(2)))
struct StatementTests {
    @Test("a pool runs a query, and keeps its connection for the next one")
    func pool() async throws {
        let pool = try Pool(Server.driver)
        for number in 0..<20 {
            let rows = try await pool.query("SELECT \(number) + 1 AS sum, 'x' AS name")
            #expect(try rows.first?.decode(0, as: Int.self) == number + 1)
            #expect(rows.first?.columns.map { $0 } == ["sum", "name"])
        }
        #expect(pool.statistics.connected == 1)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("values arrive as they were bound, whatever the statement before has bound", arguments: [256, 0])
    func values(_ cacheCapacity: Int) async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = cacheCapacity
        try await driver.lending { (handle, _) async throws -> Void in
            let texts: [String?] = ["", nil, "a", String(repeating: "b", count: 100_000), nil, "", "c"]
            for shift in texts.indices {
                let (a, b, c) = (texts[shift], texts[(shift + 1) % texts.count], texts[(shift + 2) % texts.count])
                let blob = c.map { SQLValue.blob(Array($0.utf8)) } ?? .null
                let rows = try await handle.query(
                    "SELECT \(a)::text, \(shift)::int8, \(b)::text, \(shift.isMultiple(of: 2))::bool, \(blob)::bytea::text"
                )
                let row = try #require(rows.first)
                #expect(try row.decode(0, as: String?.self) == a && row.decode(2, as: String?.self) == b)
                #expect(try row.decode(1, as: Int.self) == shift)
                #expect(try row.decode(3, as: Bool.self) == shift.isMultiple(of: 2))
                let bytes = c.map { "\\x" + $0.utf8.map { String($0, radix: 16) }.joined() }
                #expect(try row.decode(4, as: String?.self) == bytes)
                #expect(try await handle.query("SELECT 1").count == 1)
            }
        }
    }

    @Test("the same from an event loop, an actor and the main actor")
    func places() async throws {
        let pool = try Pool(Server.driver)
        try await Task(executorPreference: Postgres.nextExecutor()) {
            for number in 0..<20 {
                let sum = try await pool.withConnection { try await $0.int("SELECT \(number) + 1") }
                #expect(sum == number + 1)
            }
        }.value
        let teller = Teller(pool: pool)
        try await teller.ask()
        try await onMainActor(pool)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @MainActor private func onMainActor(_ pool: Pool<Postgres>) async throws {
        let sum = try await pool.withConnection { connection in
            MainActor.assertIsolated()
            return try await connection.int("SELECT 40 + 2")
        }
        #expect(sum == 42)
    }

    @Test("effects are counted, rows that were only read are not")
    func effects() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            #expect(try await handle.execute("CREATE TEMP TABLE t(a int)").rowsAffected == 0)
            #expect(try await handle.execute("INSERT INTO t SELECT generate_series(1, 10)").rowsAffected == 10)
            #expect(try await handle.execute("UPDATE t SET a = a + 1 WHERE a > \(5)").rowsAffected == 5)
            #expect(try await handle.execute("SELECT * FROM t").rowsAffected == 0)
            #expect(try await handle.execute("DELETE FROM t").rowsAffected == 10)
        }
    }

    @Test("what the server refuses is told with its SQLSTATE, and the connection goes on")
    func refusals() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            let unknown = try await sqlError { try await handle.query("SELECT * FROM no_such_table") }
            #expect(unknown?.sqlState == "42P01" && unknown?.kind == .syntax)
            let empty = try await sqlError { try await handle.query("") }
            #expect(empty?.kind == .syntax)
            let division = try await sqlError { try await handle.query("SELECT 1 / \(0)") }
            #expect(division?.sqlState == "22012")
            let two = try await sqlError { try await handle.query("SELECT 1; SELECT 2") }
            #expect(two?.sqlState == "42601")
            let wrong = try await sqlError { try await handle.query(SQLQuery(unsafe: "SELECT $1::int", binds: [])) }
            #expect(wrong?.kind == .syntax)
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .ready)
        }
    }

    @Test("COPY is refused without being stuck", arguments: [true, false])
    func copy(_ isIn: Bool) async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            let error = try await sqlError { try await handle.query(isIn ? "COPY t FROM STDIN" : "COPY t TO STDOUT") }
            #expect(error?.kind == .syntax)
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .dirty)
        }
    }

    @Test("as many prepared statements stay as the cache may have, here and on the server")
    func cache() async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = 4
        try await driver.lending { (handle, _) async throws -> Void in
            for round in 0..<3 {
                for number in 0..<10 {
                    #expect(try await handle.int(SQLQuery(unsafe: "SELECT \(number) + \(round)")) == number + round)
                }
            }
            let count = try await handle.int("SELECT count(*)::int FROM pg_prepared_statements")
            #expect(count == 4 || count == 5)
        }
    }

    @Test("without a cache no statement is prepared")
    func noCache() async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = 0
        try await driver.lending { (handle, _) async throws -> Void in
            #expect(try await handle.int("SELECT \(1)::int + \(2)") == 3)
            #expect(try await handle.int("SELECT count(*)::int FROM pg_prepared_statements WHERE name <> ''") == 0)
        }
    }

    @Test("F30: a statement whose table has changed is prepared again, but not inside of a transaction")
    func outdated() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            try await handle.execute("INSERT INTO t VALUES (1)")
            #expect(try await all(handle) == 1)
            try await handle.execute("ALTER TABLE t ADD COLUMN b int DEFAULT 2")
            #expect(try await all(handle) == 2)
            try await handle.execute("ALTER TABLE t ADD COLUMN c int DEFAULT 3")
            #expect(try await all(handle) == 3)
            try await handle.execute("ALTER TABLE t ADD COLUMN d int DEFAULT 4")
            let error = try await sqlError { try await handle.transaction { _ in _ = try await all(handle) } }
            #expect(error?.sqlState == "0A000")
            #expect(try await all(handle) == 4)
        }
    }

    /// One place in the program.
    private func all(_ handle: PGHandle) async throws -> Int {
        try await handle.query("SELECT * FROM t WHERE a > \(0)").first?.count ?? 0
    }

    @Test("F30: statements that somebody has dropped are prepared again")
    func dropped() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            for statement in ["DEALLOCATE ALL", "DISCARD ALL"] {
                for number in 0..<3 {
                    #expect(try await handle.int("SELECT \(number) + 1") == number + 1)
                    try await handle.execute(SQLQuery(unsafe: statement))
                }
            }
            // One of them, whose name the cache can't know to be gone.
            #expect(try await handle.int("SELECT \(5) + 1") == 6)
            let names = try await handle.query("SELECT name FROM pg_prepared_statements").map {
                try $0.decode(0, as: String.self)
            }
            for name in names { try await handle.execute("DEALLOCATE \(identifier: name)") }
            #expect(try await handle.int("SELECT \(6) + 1") == 7)
        }
    }

    @Test("F51: a handle is refused after its loan, and while another task uses it")
    func loans() async throws {
        let driver = Server.driver
        try await driver.lending { (handle, connection) async throws -> Void in
            let observer = try Observer()
            let process = try await handle.process()
            let sleeper = Task { try await handle.query("SELECT pg_sleep(60)") }
            #expect(try await eventually { try await observer.isActive(process) })
            #expect(try await code { try await handle.query("SELECT 1") } == .concurrentUse)
            sleeper.cancel()
            _ = await sleeper.result
            await observer.end()
            driver.reclaim(connection, loan: .first)
            let later = driver.lend(connection, loan: .second)
            #expect(try await code { try await handle.query("SELECT 1") } == .loanEnded)
            #expect(try await later.int("SELECT 2") == 2)
            driver.reclaim(connection, loan: .second)
            _ = driver.lend(connection, loan: .first)
        }
    }

    /// The loop is busy with other tasks while results come that are larger than what one reading takes: a wake-up that is
    /// lost would hang.
    @Test("results of 24 to 150 KiB arrive whole, also on a busy loop", arguments: [true, false])
    func largeResults(_ onLoop: Bool) async throws {
        let executor = EventLoopExecutor(name: "test-large")
        let pool = try Pool(Server.driver, configuration: PoolConfiguration(max: 4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<4 {
                group.addTask(executorPreference: onLoop ? executor : nil) {
                    for round in 0..<50 {
                        let size = 24 * 1024 + (client * 50 + round) * 630
                        let text = try await pool.withConnection { try await $0.text("SELECT repeat('x', \(size))") }
                        #expect(text.utf8.count == size)
                        let rows = try await pool.query(
                            "SELECT repeat('y', 100) FROM generate_series(1, \(size / 100))")
                        #expect(rows.count == size / 100)
                    }
                }
                group.addTask(executorPreference: onLoop ? executor : nil) {
                    for _ in 0..<20_000 where !Task.isCancelled { await Task.yield() }
                }
            }
            try await group.waitForAll()
        }
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("a statement of 8 MB is sent while its answer of the same size comes back")
    func backpressure() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            let text = String(repeating: "0123456789", count: 800_000)
            #expect(try await handle.text("SELECT \(text)::text").utf8.count == text.utf8.count)
            let texts = try await handle.query("SELECT x FROM unnest(ARRAY[\(text)::text, \(text)]) x")
            #expect(texts.count == 2)
        }
    }
}

private actor Teller {
    let pool: Pool<Postgres>
    init(pool: Pool<Postgres>) { self.pool = pool }

    func ask() async throws {
        let sum = try await pool.withConnection { connection in
            assertIsolated()
            return try await connection.int("SELECT 1 + 1")
        }
        #expect(sum == 2)
    }
}
