import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

/// A server, for the kit.
struct MariaDBSubject: ConformanceSubject {
    /// Takes connections, and says nothing.
    let silent: ScriptedServer

    init() throws {
        silent = try ScriptedServer([.readToEnd])
    }

    /// A user of its own, so that its sessions can be counted.
    func makeDriver() -> MariaDB {
        var driver = Server.driver
        driver.configuration.user = "modern"
        return driver
    }

    func use(_ handle: MariaDBHandle) async throws {
        let rows = try await handle.query("SELECT 1 + 1")
        try #require(rows.first?.decode(0, as: Int.self) == 2)
    }

    var longCall: ConformanceCall<MariaDB>? { { handle in _ = try await handle.query("SELECT SLEEP(60)") } }

    var litter: ConformanceCall<MariaDB>? {
        { handle in
            try await handle.execute("SET sql_mode = 'ANSI', @litter = 5")
            try await handle.execute("CREATE TEMPORARY TABLE litter(v INT)")
            _ = try await handle.query("SELECT GET_LOCK('litter', 0)")
            try await handle.execute("START TRANSACTION")
        }
    }

    var inspection: ConformanceCall<MariaDB>? {
        { handle in
            try #require(try await !handle.text("SELECT @@sql_mode").contains("ANSI"))
            try #require(try await handle.int("SELECT @litter IS NULL") == 1)
            try #require(try await handle.int("SELECT IS_USED_LOCK('litter') IS NULL") == 1)
            try #require(try await sqlError { try await handle.query("SELECT * FROM litter") }?.vendorCode == 1146)
            try #require(try await handle.int("SELECT @@in_transaction") == 0)
        }
    }

    var executioner: ConformanceExecutioner<MariaDB>? {
        { handle in
            let session = try await handle.int("SELECT CONNECTION_ID()")
            return {
                try await Server.superuser.lending { (other, _) async throws -> Void in
                    _ = try await other.query(SQLQuery(unsafe: "KILL \(session)"))
                    _ = try await eventually {
                        try await other.int(
                            "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session)") == 0
                    }
                }
            }
        }
    }

    var sessions: (@Sendable () async throws -> Int)? {
        {
            try await Server.superuser.lending { (other, _) async throws -> Int in
                try await other.int("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'modern'")
            }
        }
    }

    var refused: (@Sendable () async throws -> MariaDB)? {
        {
            var driver = Server.driver
            driver.configuration.password = "wrong-canary-7f31"
            return driver
        }
    }

    var secrets: [String] { ["wrong-canary-7f31", MariaDBServer.password] }

    var unanswered: (@Sendable () async throws -> MariaDB)? {
        { [silent] in
            var driver = Server.driver
            driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: silent.port)]
            // libmariadb is left behind in a cancelled connect, and closes its socket then.
            driver.connectTimeLimit = .seconds(3)
            return driver
        }
    }
}

@Suite("MariaDB keeps the contract of a driver", .serialized, .timeLimit(.minutes(3)))
struct MariaDBConformanceTests {
    @Test("as the kit has it", arguments: try! DriverConformance(MariaDBSubject()).checks)
    func conforms(_ check: DriverCheck) async throws { try await check.run() }
}
