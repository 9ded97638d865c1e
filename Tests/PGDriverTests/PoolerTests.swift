import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Behind a PgBouncer that pools transactions", .timeLimit(.minutes(3)))
struct PoolerTests {
    private func withPool(
        max: Int, _ body: (Pool<Postgres>) async throws -> Void
    ) async throws {
        let pool = try Pool(try Pooler.driver, configuration: PoolConfiguration(max: max))
        try await body(pool)
        _ = await pool.shutdown(within: .seconds(10))
    }

    /// Runs `body` in as many transactions at once as the pooler has sessions: in every one of them.
    private func inEverySession(
        of pool: Pool<Postgres>, _ body: @escaping @Sendable (PGHandle) async throws -> Void
    ) async throws -> Set<Int> {
        try await withThrowingTaskGroup(of: Int.self) { group in
            let arrived = Counter()
            for _ in 0..<Pooler.sessions {
                group.addTask {
                    try await pool.transaction { handle in
                        let process = try await handle.process()
                        arrived.add(1)
                        _ = try await eventually { arrived.value == Pooler.sessions }
                        try await body(handle)
                        return process
                    }
                }
            }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
    }

    @Test("everything works for more clients than there are sessions, and no prepared statement is left in one")
    func everything() async throws {
        try await withPool(max: 8) { pool in
            try await pool.execute("CREATE TABLE pooled(client int, round int, text text)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask(executorPreference: client % 2 == 0 ? Postgres.nextExecutor() : nil) {
                        for round in 0..<20 { try await use(pool, client, round) }
                    }
                }
                try await group.waitForAll()
            }
            let (count, texts) = try await pool.query("SELECT count(*)::int, count(DISTINCT text)::int FROM pooled")[0]
                .decode((Int, Int).self)
            // One of the transaction, two of the batch, three of the copy.
            #expect(count == 8 * 20 * 6 && texts == count)
            let processes = try await inEverySession(of: pool) { (handle) async throws -> Void in
                #expect(try await handle.int("SELECT count(*)::int FROM pg_prepared_statements") == 0)
            }
            #expect(processes.count == Pooler.sessions)
            #expect(pool.statistics.connected == 8 && pool.statistics.resets == 0)
            try await pool.execute("DROP TABLE pooled")
        }
    }

    @Sendable private func use(_ pool: Pool<Postgres>, _ client: Int, _ round: Int) async throws {
        let nonce = "\(client).\(round)"
        #expect(try await pool.query("SELECT \(nonce)::text || \(round)")[0].decode(String.self) == "\(nonce)\(round)")
        func insert(_ part: String) -> SQLQuery {
            "INSERT INTO pooled VALUES (\(client), \(round), \(nonce + part))"
        }
        try await pool.transaction { handle in
            try await handle.execute(insert("a"))
            try? await handle.transaction { inner in
                try await inner.execute(insert("undone"))
                throw CancellationError()
            }
        }
        try await pool.batch([insert("b"), insert("c")])
        try await pool.copyIn(
            to: "pooled", columns: ["client", "round", "text"],
            rows: ["d", "e", "f"].map { [client, round, nonce + $0] })
        try await pool.withConnection { handle in
            var sum = 0
            for try await row in try await handle.stream("SELECT generate_series(1, \(1000))") {
                sum += try row.decode(Int.self)
            }
            #expect(sum == 500_500)
            // One that is left.
            for try await _ in try await handle.stream("SELECT generate_series(1, 1000000)") { break }
            #expect(try await handle.text("SELECT \(nonce)::text") == nonce)
        }
    }

    @Test("F11, F17: a cancelled statement leaves the server, and its connection goes on")
    func cancelled() async throws {
        try await withPool(max: 1) { pool in
            let observer = try Observer()
            try await pool.withConnection { handle in
                let mark = "pooler \(UUID().uuidString)"
                func isRunning() async throws -> Bool {
                    try await observer.int(
                        "SELECT count(*)::int FROM pg_stat_activity WHERE state = 'active' AND query LIKE \("%\(mark)%") AND usename = 'app'"
                    ) == 1
                }
                let task = Task {
                    try await handle.query("SELECT pg_sleep(60), \(unsafe: "'\(mark)'")")
                }
                #expect(try await eventually { try await isRunning() })
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(try await !isRunning())
                let late = try await sqlError {
                    try await handle.until(.now + .milliseconds(100)).query("SELECT pg_sleep(60)")
                }
                #expect(late?.kind == .interrupted)
                #expect(try await handle.int("SELECT 7") == 7)
            }
            #expect(pool.statistics.connected == 1)
            await observer.end()
        }
    }

    @Test("F12: the statement after a cancelled one is never the one that is hit")
    func nextStatement() async throws {
        try await withPool(max: 4) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<4 {
                    group.addTask {
                        var generator = SystemRandomNumberGenerator()
                        for round in 0..<60 {
                            let pause = Int.random(in: 0...4000, using: &generator)
                            let task = Task { try await pool.query("SELECT pg_sleep(0.002)") }
                            try? await Task.sleep(for: .microseconds(pause))
                            task.cancel()
                            _ = await task.result
                            let nonce = client * 1000 + round
                            let rows = try await pool.query("SELECT \(nonce)::int FROM pg_sleep(0.002)")
                            #expect(try rows.first?.decode(0, as: Int.self) == nonce)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(pool.statistics.leased == 0)
        }
    }

    @Test("a transaction that fails or is left open does not reach the next client of its session")
    func leftOpen() async throws {
        try await withPool(max: 2) { pool in
            _ = try await sqlError { try await pool.transaction { try await $0.execute("SELECT 1 / 0") } }
            try await pool.withConnection { try await $0.execute("BEGIN") }
            _ = try await inEverySession(of: pool) { (handle) async throws -> Void in
                #expect(try await handle.int("SELECT 7") == 7)
            }
        }
    }

    @Test("settings that need a session are refused, and so is a listener")
    func refusals() async throws {
        let changes: [(String, (inout Postgres) -> Void)] = [
            ("parameters", { $0.configuration.parameters = ["search_path": "app"] }),
            ("statementTimeout", { $0.configuration.statementTimeout = .seconds(1) }),
            ("lockTimeout", { $0.configuration.lockTimeout = .seconds(1) }),
            ("idleInTransactionTimeout", { $0.configuration.idleInTransactionTimeout = .seconds(1) }),
            ("targetSession", { $0.configuration.targetSession = .readWrite }),
            ("sessionReset", { $0.sessionReset = .always }),
        ]
        for (field, change) in changes {
            var driver = try Pooler.driver
            change(&driver)
            let error = #expect(throws: PoolConfigurationError.self) { try driver.check(PoolConfiguration()) }
            #expect(error?.field == field)
        }
        let driver = try Pooler.driver
        try driver.check(PoolConfiguration())
        #expect(try await sqlError { try await PostgresListener(driver) }?.kind == .other)
        #expect(
            try Postgres(url: "postgres://app@localhost/app?pooler=transactions").configuration.pooler == .transactions)
        #expect(throws: PoolConfigurationError.self) { try Postgres(url: "postgres://app@localhost/app?pooler=x") }
    }
}
