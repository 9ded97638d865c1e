import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

/// A server, for the kit.
struct PostgresSubject: ConformanceSubject {
    /// Its own, so that its sessions can be counted.
    let name = "conformance"
    /// Takes connections, and says nothing.
    let silent: ScriptedServer

    init() throws {
        silent = try ScriptedServer([.readToEnd])
    }

    func makeDriver() -> Postgres {
        var driver = Server.driver
        driver.configuration.applicationName = name
        return driver
    }

    func use(_ handle: PGHandle) async throws {
        let rows = try await handle.query("SELECT 1 + 1")
        try #require(rows.first?.decode(0, as: Int.self) == 2)
    }

    var longCall: ConformanceCall<Postgres>? { { handle in _ = try await handle.query("SELECT pg_sleep(60)") } }

    var litter: ConformanceCall<Postgres>? {
        { handle in
            try await handle.execute("SET search_path = pg_catalog")
            try await handle.execute("CREATE TEMP TABLE litter(v int)")
            try await handle.execute("LISTEN litter")
            try await handle.execute("BEGIN")
        }
    }

    var inspection: ConformanceCall<Postgres>? {
        { handle in
            try #require(try await handle.text("SHOW search_path") != "pg_catalog")
            try #require(try await handle.int("SELECT count(*)::int FROM pg_class WHERE relname = 'litter'") == 0)
            try #require(try await handle.int("SELECT count(*)::int FROM pg_listening_channels()") == 0)
            // In a transaction it would be the same at the second time.
            let first = try await handle.text("SELECT now()::text")
            try #require(try await handle.text("SELECT now()::text") != first)
        }
    }

    var executioner: ConformanceExecutioner<Postgres>? {
        { handle in
            let process = try await handle.process()
            return {
                try await Server.driver.lending { (other, _) async throws -> Void in
                    _ = try await other.query("SELECT pg_terminate_backend(\(process))")
                    _ = try await eventually {
                        try await other.int("SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(process)") == 0
                    }
                }
            }
        }
    }

    var sessions: (@Sendable () async throws -> Int)? {
        { [name] in
            try await Server.driver.lending { (other, _) async throws -> Int in
                try await other.int("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = \(name)")
            }
        }
    }

    var refused: (@Sendable () async throws -> Postgres)? {
        {
            var driver = Server.driver
            driver.configuration.password = "wrong-canary-7f31"
            return driver
        }
    }

    var secrets: [String] { ["wrong-canary-7f31", PostgresServer.superuserPassword] }

    var unanswered: (@Sendable () async throws -> Postgres)? {
        { [silent] in
            var driver = Server.driver
            driver.configuration.hosts = [PostgresHost("127.0.0.1", port: silent.port)]
            return driver
        }
    }
}

@Suite("PostgreSQL keeps the contract of a driver", .serialized, .timeLimit(.minutes(3)))
struct PostgresConformanceTests {
    @Test("as the kit has it", arguments: try! DriverConformance(PostgresSubject()).checks)
    func conforms(_ check: DriverCheck) async throws { try await check.run() }
}
