import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A pool of SQLite connections", .timeLimit(.minutes(1))) struct PoolTests {
    let scratch = try! Scratch()

    @Test("runs statements and transactions in loans of their own")
    func statements() async throws {
        let pool = try Pool(SQLite(path: scratch.path()))
        try await pool.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        let key = try await pool.execute("INSERT INTO t(v) VALUES(\("one"))").lastInsertID
        #expect(key == 1)
        let count = try await pool.transaction { handle in
            try await handle.execute("INSERT INTO t(v) VALUES('two')")
            return try await handle.query("SELECT count(*) FROM t")[0].decode(Int.self)
        }
        #expect(count == 2)
        let rows = try await pool.query("SELECT id, v FROM t ORDER BY id").map { try $0.decode((Int, String?).self) }
        #expect(rows.map(\.0) == [1, 2] && rows.map(\.1) == ["one", "two"])
        await #expect(throws: CancellationError.self) {
            try await pool.transaction { handle in
                try await handle.execute("DELETE FROM t")
                throw CancellationError()
            }
        }
        #expect(try await pool.query("SELECT * FROM t").count == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test("serves many writers at once without a busy error")
    func writers() async throws {
        let calls = Calls()
        let pool = try Pool(
            SQLite(path: scratch.path(), busyTimeout: .seconds(50), executor: calls.executor),
            configuration: PoolConfiguration(max: 4))
        try await pool.execute("CREATE TABLE t(v)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<10 {
                        try await pool.transaction { handle in
                            let count = try await handle.query("SELECT count(*) FROM t")[0].decode(Int.self)
                            try await handle.execute("INSERT INTO t VALUES(\(count))")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // Each saw what the ones before it had done: no two counts are alike.
        #expect(try await pool.query("SELECT count(DISTINCT v) FROM t")[0].decode(Int.self) == 160)
        #expect(pool.statistics.total <= 4)
        #expect(await pool.shutdown().isClean)
        #expect(calls.strays == 0)
    }

    @Test("never lends a transaction that the last borrower left open (F53)")
    func leftOpen() async throws {
        let pool = try Pool(
            SQLite(path: scratch.path()),
            configuration: PoolConfiguration(max: 1, resetTimeout: .seconds(20), validation: .never))
        try await pool.execute("CREATE TABLE t(v)")
        try await pool.withConnection { handle in
            try await handle.execute("BEGIN")
            try await handle.execute("INSERT INTO t VALUES(1)")
        }
        #expect(try await pool.query("SELECT * FROM t").isEmpty)
        #expect(pool.statistics.resets == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test("that is shut down under a statement stops it and closes its file")
    func forced() async throws {
        let calls = Calls()
        // A check before the loan, which a slow machine brings about, would be counted as the statements.
        let pool = try Pool(
            SQLite(path: scratch.path(), executor: calls.executor), configuration: PoolConfiguration(validation: .never)
        )
        try await pool.warmUp()
        let before = calls.count
        let running = Task { try await pool.transaction { try await $0.query(endless) } }
        // BEGIN, then the statement.
        await calls.reach(before + 2)
        let report = await pool.shutdown(within: .milliseconds(50))
        #expect(report.loansForced == 1)
        await #expect(throws: SQLError.self) { try await running.value }
    }

    @Test("stops the statement of a cancelled task and lends the same connection again")
    func cancelled() async throws {
        let calls = Calls()
        let pool = try Pool(
            SQLite(path: scratch.path(), executor: calls.executor),
            configuration: PoolConfiguration(max: 1, validation: .never))
        try await pool.warmUp()
        let before = calls.count
        let running = Task { try await pool.query(endless) }
        await calls.reach(before + 1)
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(try await pool.query("SELECT 42")[0].decode(Int.self) == 42)
        #expect(pool.statistics.connected == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test("tells why it can't connect")
    func cannotConnect() async throws {
        let path = try scratch.write(Array(repeating: 120, count: 4096), to: "garbage")
        let pool = try Pool(
            SQLite(path: path),
            configuration: PoolConfiguration(acquireTimeout: .seconds(30), outagePolicy: .failAfter(.milliseconds(1))))
        let error = await #expect(throws: PoolError.self) { try await pool.query("SELECT 1") }
        #expect(
            error.map { "\($0)".contains("'\(path)' is no SQLite database") } == true, "\(String(describing: error))")
        _ = await pool.shutdown()
    }
}
