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
