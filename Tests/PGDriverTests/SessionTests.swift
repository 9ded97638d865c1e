import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Sessions that come back", .timeLimit(.minutes(1)))
struct SessionTests {
    let driver = Server.driver

    /// A state that a borrower leaves, and a query that shows it.
    struct Trace: Sendable, CustomTestStringConvertible {
        let name: String
        let statements: [String]
        let probe: String
        var testDescription: String { name }
    }

    static let traces = [
        Trace(name: "a setting", statements: ["SET work_mem = '9MB'"], probe: "SHOW work_mem"),
        Trace(
            name: "a setting by function", statements: ["SELECT set_config('work_mem', '9MB', false)"],
            probe: "SHOW work_mem"),
        Trace(name: "a role", statements: ["SET ROLE pg_monitor"], probe: "SELECT current_user::text"),
        Trace(
            name: "an authorization", statements: ["SET SESSION AUTHORIZATION pg_monitor"],
            probe: "SELECT session_user::text"),
        Trace(
            name: "a temporary table", statements: ["CREATE TEMP TABLE t(a int)"],
            probe: "SELECT count(*)::text FROM pg_class WHERE relname = 't' AND relpersistence = 't'"),
        Trace(
            name: "an advisory lock", statements: ["SELECT pg_advisory_lock(42)"],
            probe: "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"),
        Trace(
            name: "a channel", statements: ["LISTEN news"], probe: "SELECT count(*)::text FROM pg_listening_channels()"),
        Trace(
            name: "a prepared statement", statements: ["PREPARE \"theirs; x\" AS SELECT 1"],
            probe: "SELECT count(*)::text FROM pg_prepared_statements WHERE from_sql"),
        Trace(
            name: "a cursor",
            statements: ["BEGIN", "DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 10)", "COMMIT"],
            probe: "SELECT count(*)::text FROM pg_cursors WHERE is_holdable"),
        Trace(
            name: "an open transaction", statements: ["BEGIN", "CREATE TABLE never_committed(a int)"],
            probe: "SELECT count(*)::text FROM pg_class WHERE relname = 'never_committed'"),
        Trace(
            name: "a failed transaction", statements: ["BEGIN", "SELECT 1 / 0"],
            probe: "SELECT count(*)::text FROM pg_class WHERE relname = 'never_committed'"),
    ]

    @Test(
        "F32, F33, F53: leave nothing for the next borrower, and keep the statements that were prepared",
        arguments: traces)
    func reset(_ trace: Trace) async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            let probe = SQLQuery(unsafe: trace.probe)
            let before = try await handle.text(probe)
            for statement in trace.statements { _ = try? await handle.execute(SQLQuery(unsafe: statement)) }
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == .dirty)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
            let next = driver.lend(connection, loan: .second)
            #expect(try await next.text(probe) == before)
            #expect(try await next.int("SELECT count(*)::int FROM pg_prepared_statements WHERE NOT from_sql") >= 1)
            driver.reclaim(connection, loan: .second)
        }
    }

    @Test("that changed nothing are ready without a word to the server")
    func clean() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            _ = try await handle.query("SELECT 1")
            try await handle.transaction { try await $0.execute("SELECT 2") }
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == .ready)
        }
    }

    @Test("of a driver that always resets are dirty each time; of one that never does, not")
    func policies() async throws {
        for (policy, condition) in [(SQLSessionReset.always, ConnectionCondition.dirty), (.never, .ready)] {
            var driver = driver
            driver.sessionReset = policy
            let connection = try await driver.connect()
            let handle = driver.lend(connection, loan: .first)
            try await handle.execute("SET work_mem = '9MB'")
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == condition)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
            let left = try await driver.lend(connection, loan: .second).text("SHOW work_mem")
            #expect((left == "9MB") == (policy == .never))
            driver.reclaim(connection, loan: .second)
            await driver.close(connection)
        }
    }

    @Test("are as onConnect has set them up, also after a reset")
    func onConnect() async throws {
        var driver = driver
        driver.onConnect = { try await $0.execute("SET work_mem = '7MB'") }
        try await driver.lending { (handle, connection) async throws -> Void in
            #expect(try await handle.text("SHOW work_mem") == "7MB")
            try await handle.execute("SET work_mem = '9MB'")
            driver.reclaim(connection, loan: .first)
            try await driver.reset(connection)
            #expect(try await driver.lend(connection, loan: .second).text("SHOW work_mem") == "7MB")
            driver.reclaim(connection, loan: .second)
        }
    }

    @Test("run onReturn after each loan")
    func onReturn() async throws {
        var driver = driver
        driver.onReturn = { try await $0.execute("SELECT pg_notify('unheard', 'x')") }
        try await driver.lending { (handle, connection) async throws -> Void in
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == .dirty)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
        }
    }
}
