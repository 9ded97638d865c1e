import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("Calls into SQLite") struct ThreadTests {
    let scratch = try! Scratch()

    actor Borrower {
        func work(_ driver: SQLite) async throws { try await everything(driver) }
    }

    @MainActor static func onMain(_ driver: SQLite) async throws { try await everything(driver) }

    @Test("are never made on a cooperative thread or the main one, whoever asks (F42)")
    func threads() async throws {
        let calls = Calls()
        let driver = SQLite(
            path: scratch.path(), executor: calls.executor, onConnect: { _ = try await $0.query("SELECT 1") })
        try await everything(driver)
        try await Borrower().work(driver)
        try await Self.onMain(driver)
        #expect(calls.count > 60)
        #expect(calls.strays == 0)
    }

    @Test("are not made there through a pool either, and each caller is back where it was after its loan")
    func loans() async throws {
        let calls = Calls()
        let pool = try Pool(
            SQLite(path: scratch.path(), executor: calls.executor), configuration: PoolConfiguration(max: 2))
        try await loan(pool)
        #expect(!calls.executor.isCurrent)
        try await Visitor().visit(pool)
        try await Self.visitFromMain(pool)
        _ = await pool.shutdown()
        #expect(calls.count > 10)
        #expect(calls.strays == 0)
    }

    private actor Visitor {
        func visit(_ pool: Pool<SQLite>) async throws {
            try await loan(pool)
            assertIsolated()
        }
    }

    @MainActor private static func visitFromMain(_ pool: Pool<SQLite>) async throws {
        try await loan(pool)
        MainActor.assertIsolated()
    }
}

private nonisolated(nonsending) func loan(_ pool: Pool<SQLite>) async throws {
    try await pool.withConnection { connection in
        try await connection.execute("CREATE TABLE IF NOT EXISTS t(v)")
        try await connection.execute("INSERT INTO t VALUES (1)")
        #expect(try await connection.query("SELECT count(*) FROM t")[0].decode(Int.self) > 0)
    }
}

/// Every operation of the driver once, in the caller's isolation.
private nonisolated(nonsending) func everything(_ driver: SQLite) async throws {
    let connection = try await driver.connect()
    let handle = driver.lend(connection, loan: .first)
    try await handle.execute("CREATE TABLE IF NOT EXISTS t(v)")
    try await handle.transaction { handle async throws in
        try await handle.execute("INSERT INTO t VALUES(\(1))")
        try await handle.transaction { _ = try await $0.query("SELECT * FROM t") }
    }
    try? await handle.transaction { _ in throw CancellationError() }
    _ = try? await handle.query("nonsense")
    try await handle.execute("BEGIN")
    driver.reclaim(connection, loan: .first)
    _ = driver.condition(of: connection)
    try await driver.reset(connection)
    try await driver.validate(connection)
    await driver.close(connection, reason: .idle, deadline: .now + .seconds(5))
}
