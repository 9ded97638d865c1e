import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Statements are stopped on every database", .timeLimit(.minutes(3)))
struct StoppingTests {
    /// Runs for hours: 10¹⁵ rows.
    private static let long: SQLQuery = """
        SELECT COUNT(*) FROM three_numbers a, three_numbers b, three_numbers c, three_numbers d, three_numbers e
        WHERE a.v + b.v + c.v + d.v + e.v < 0
        """

    private static func prepare(_ pool: Pool<some SQLDriver>) async throws {
        try await pool.withConnection { connection in
            try await connection.make("three_numbers", "v BIGINT NOT NULL")
            try await connection.batch((0..<1000).map { "INSERT INTO three_numbers VALUES (\($0))" })
        }
    }

    @Test(
        "F11: by the cancellation of their task, at whatever moment; the connection goes on",
        arguments: Database.allCases)
    func cancelled(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await Self.prepare(pool)
                for round in 0..<12 {
                    let task = Task { try await pool.query(Self.long) }
                    #expect(try await eventually { pool.statistics.leased == 1 })
                    // Not a rendezvous: the moments are to differ.
                    try await Task.sleep(for: .milliseconds(round * 5))
                    task.cancel()
                    await #expect(throws: CancellationError.self) { try await task.value }
                    #expect(try await pool.int("SELECT \(round)") == round)
                }
                #expect(pool.statistics.closed == 0)
                try await pool.execute("DROP TABLE three_numbers")
            }
        }
        try await database.open(database == .sqlite ? "" : "cancel_timeout=20s") { try await check($0) }
    }

    /// SQLite's driver has no limit of time for a statement: what it waits for is a lock, which has one, and what it
    /// computes is stopped by cancelling the task.
    @Test("at their deadline: interrupted, without effect", arguments: [Database.postgres, .mariadb])
    func deadline(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await Self.prepare(pool)
                for _ in 0..<3 {
                    let error = try await sqlError { try await pool.query(Self.long) }
                    #expect(error?.kind == .interrupted, "\(error as Any)")
                    #expect(try await pool.int("SELECT \(7)") == 7)
                }
                #expect(pool.statistics.closed == 0)
                try await pool.execute("DROP TABLE three_numbers")
            }
        }
        try await database.open("statement_time_limit=2s&cancel_timeout=20s") { try await check($0) }
    }

    /// SQLite's driver looks after some thousand steps: a single statement that is over sooner is done (see its
    /// `Interruption`). Batches and transactions, of which more may be left to undo, are not begun.
    @Test("before they began, if their task was cancelled by then", arguments: Database.allCases)
    func before(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await pool.withConnection { try await $0.make("three_before", "v BIGINT") }
                let task = Task {
                    try await pool.withConnection { connection in
                        withUnsafeCurrentTask { $0?.cancel() }
                        if database != .sqlite {
                            await #expect(throws: CancellationError.self) {
                                try await connection.execute("INSERT INTO three_before VALUES (1)")
                            }
                        }
                        await #expect(throws: CancellationError.self) {
                            try await connection.batch(["INSERT INTO three_before VALUES (1)"])
                        }
                        await #expect(throws: CancellationError.self) {
                            try await connection.transaction {
                                try await $0.execute("INSERT INTO three_before VALUES (1)")
                            }
                        }
                    }
                }
                try await task.value
                #expect(try await pool.int("SELECT COUNT(*) FROM three_before") == 0)
                try await pool.execute("DROP TABLE three_before")
                #expect(pool.statistics.closed == 0)
            }
        }
        try await database.open { try await check($0) }
    }
}
