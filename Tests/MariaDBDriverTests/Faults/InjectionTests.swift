import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Names and texts that mean something to MariaDB", .timeLimit(.minutes(1)))
struct InjectionTests {
    @Test("F66: are taken for what they are, as identifiers and as values", arguments: HostileNames.all)
    func names(_ name: String) async throws {
        for mode in ["", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"] {
            var driver = Server.driver
            driver.configuration.variables = ["sql_mode": mode]
            try await driver.lending { handle, _ async throws -> Void in
                try await handle.execute("CREATE TEMPORARY TABLE \(identifier: name)(\(identifier: name) TEXT)")
                try await handle.execute("INSERT INTO \(identifier: name)(\(identifier: name)) VALUES (\(name))")
                let rows = try await handle.query(
                    "SELECT * FROM \(identifier: name) WHERE \(identifier: name) = \(name)")
                #expect(rows.first?.columns.map { $0 } == [name])
                #expect(try rows.first?.decode(0, as: String.self) == name)
            }
        }
    }

    @Test("F66: that contain a NUL are refused, or are values like others")
    func nul() async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            let queries: [SQLQuery] = ["SELECT 1 AS \(identifier: "a\0b")", "SELECT \(unsafe: "1\0; DROP TABLE t")"]
            for query in queries {
                #expect(try await sqlError { try await handle.query(query) } != nil, "\(query)")
                #expect(Server.driver.condition(of: connection) != .broken)
                #expect(try await handle.text("SELECT \("a\0b")") == "a\0b")
            }
        }
        for change: (inout MariaDBConfiguration) -> Void in [
            { $0.user = "root\0app" }, { $0.database = "app\0x" }, { $0.hosts[0].name = "127.0.0.1\0x" },
            { $0.variables = ["sql_mode": "a\0b"] }, { $0.variables = ["sql_mode\0": "a"] },
            { $0.variables = ["": "a"] }, { $0.variables = ["a b": "1"] }, { $0.variables = ["a = 1, b": "1"] },
            { $0.variables = ["@x": "1"] }, { $0.variables = ["a`": "1"] }, { $0.variables = ["é": "1"] },
            { $0.password = "a\0b" }, { $0.tls.rootCertificate = "/a\0b" },
        ] {
            var driver = Server.driver
            change(&driver.configuration)
            let error = #expect(throws: PoolConfigurationError.self) { try Pool(driver) }
            #expect(error?.description.contains("\0") == false)
        }
    }

    @Test("F66: in the configuration's variables do nothing but set them, or are refused")
    func variables() async throws {
        let server = try MariaDBServer.shared
        var driver = server.driver(as: MariaDBServer.user)
        for hostile in [
            "', @injected = 'x", "\\', @injected = 5 -- ", "\\\\', @injected = 5 -- ", "1, @injected = 5",
            "'; DROP TABLE t; --",
            "DEFAULT, @injected = 5", "nan, @injected = 5", "(SELECT 1)", "0x41", "nan", "infinity", "1e", "-", "1_000",
            "+1", ".",
        ] {
            driver.configuration.variables = ["lc_time_names": hostile]
            let error = try await sqlError { await driver.close(try await driver.connect()) }
            #expect(error?.kind == .cannotOpen, "\(error as Any)")
            // A variable that takes any text.
            driver.configuration.variables = ["default_master_connection": hostile]
            let text = try? await driver.lending { (handle, _) async throws -> String in
                #expect(try await handle.int("SELECT @injected IS NULL") == 1)
                return try await handle.text("SELECT @@default_master_connection")
            }
            if let text { #expect(text == hostile) }
        }
    }

    @Test("F66: the driver's own statements can't be led astray by what a borrower has set")
    func ownStatements() async throws {
        var driver = Server.driver
        driver.sessionReset = .always
        try await driver.lending { handle, connection async throws -> Void in
            try await handle.execute("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,ORACLE'")
            try await handle.execute("SET NAMES latin1")
            try await handle.execute("USE information_schema")
            driver.reclaim(connection, loan: .first)
            try await driver.validate(connection)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
            let next = driver.lend(connection, loan: .second)
            #expect(try await next.text("SELECT DATABASE()") == MariaDBServer.database)
            #expect(try await next.text("SELECT @@character_set_client") == "utf8mb4")
            driver.reclaim(connection, loan: .second)
        }
    }
}
