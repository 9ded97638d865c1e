import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("What a statement that was stopped has done", .timeLimit(.minutes(2)))
struct StoppedEffectTests {
    let driver = Server.driver

    private func lending(_ body: (PGHandle, PGConnection) async throws -> Void) async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int, b text)")
            try await body(handle, connection)
            #expect(driver.condition(of: connection) == .dirty)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    private static let procedure: SQLQuery = """
        CREATE PROCEDURE pg_temp.work() LANGUAGE plpgsql AS \
        $$ BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM pg_sleep(60); END $$
        """

    @Test("F18: a procedure or a block that commits by itself may have executed, and the error does not deny it")
    func procedures() async throws {
        try await lending { (handle, _) async throws -> Void in
            try await handle.execute(Self.procedure)
            let block: SQLQuery = "DO $$ BEGIN INSERT INTO t VALUES (1); COMMIT; PERFORM pg_sleep(60); END $$"
            for (count, query) in [(1, "CALL pg_temp.work()"), (2, block), (3, "/* it */ call pg_temp.work()")] {
                let error = try await sqlError { try await handle.until(.now + .milliseconds(300)).execute(query) }
                #expect(error?.kind == .mayHaveExecuted && error?.sqlState == "57014")
                #expect(error?.message.contains("no effect") == false)
                #expect(try await handle.int("SELECT count(*)::int FROM t") == count)
            }
            let batch = try await sqlError {
                try await handle.until(.now + .milliseconds(300)).batch(["CALL pg_temp.work()"])
            }
            #expect(batch?.kind == .mayHaveExecuted)
            let ended = try await sqlError {
                try await handle.until(.now + .milliseconds(300)).batch(["COMMIT", "BEGIN", "SELECT pg_sleep(60)"])
            }
            #expect(ended?.kind == .mayHaveExecuted)
            _ = try await handle.execute("ROLLBACK")
            // Where it can't commit it had no effect.
            let inside = try await sqlError {
                try await handle.transaction { handle in
                    try await handle.until(.now + .milliseconds(300)).execute(
                        "DO $$ BEGIN PERFORM pg_sleep(60); END $$")
                }
            }
            #expect(inside?.kind == .interrupted)
            // Such a connection is not given up for it.
            #expect(driver.verdict(on: batch ?? .init(.other, "")) == .keep)
        }
    }

    @Test("F18: a stream whose statement had come to its end may have executed, and the error does not deny it")
    func streams() async throws {
        let configuration = try Server.configuration
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: configuration.hosts[0].port))
        defer { proxy.stop() }
        var driver = driver
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        driver.cancelTimeout = .seconds(30)
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            for (query, kind) in [
                ("INSERT INTO t SELECT generate_series(1, 10) RETURNING a", .mayHaveExecuted),
                (
                    "WITH x AS (INSERT INTO t SELECT generate_series(1, 10) RETURNING a) SELECT a FROM x",
                    .mayHaveExecuted
                ),
                ("SELECT generate_series(1, 10)", .interrupted),
            ] as [(SQLQuery, SQLError.Kind)] {
                // It is prepared after that.
                for try await _ in try await handle.stream(query) {}
                let accepted = proxy.counters.accepted
                proxy.change { $0.toClient.isHeld = true }
                let reader = Task {
                    for try await _ in try await handle.until(.now + .milliseconds(300)).stream(query) {}
                }
                // The cancel request comes when the server has nothing to do any more, and before the rows.
                #expect(try await eventually { proxy.counters.accepted > accepted })
                proxy.change { $0.toClient.isHeld = false }
                let error = try await sqlError { try await reader.value }
                #expect(error?.kind == kind, "\(String(describing: error))")
                #expect(error?.message.contains("no effect") == false)
                #expect(driver.verdict(on: error ?? .init(.other, "")) == .keep)
                #expect(driver.condition(of: connection) == .dirty)
            }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 40)
        }
    }

    @Test("one that was stopped in its midst had no effect, and says so")
    func plain() async throws {
        try await lending { (handle, _) async throws -> Void in
            let error = try await sqlError {
                try await handle.until(.now + .milliseconds(300)).execute("INSERT INTO t SELECT 1, pg_sleep(60)::text")
            }
            #expect(error?.kind == .interrupted && error?.message.contains("no effect") == true)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }
}
