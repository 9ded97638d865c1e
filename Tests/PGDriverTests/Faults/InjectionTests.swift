import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Names and texts that mean something to a server", .timeLimit(.minutes(1)))
struct InjectionTests {
    @Test("F66: are taken for what they are, as identifiers and as values", arguments: HostileNames.all)
    func names(_ name: String) async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE \(identifier: name)(\(identifier: name) text)")
            try await handle.execute("INSERT INTO \(identifier: name)(\(identifier: name)) VALUES (\(name))")
            let rows = try await handle.query("SELECT * FROM \(identifier: name) WHERE \(identifier: name) = \(name)")
            #expect(rows.first?.columns.map { $0 } == [name])
            #expect(try rows.first?.decode(0, as: String.self) == name)
            // What is left behind under such a name is dropped under it.
            try await handle.execute("PREPARE \(identifier: name) AS SELECT 1")
            Server.driver.reclaim(connection, loan: .first)
            try await Server.driver.reset(connection)
            let next = Server.driver.lend(connection, loan: .second)
            #expect(try await next.int("SELECT count(*)::int FROM pg_prepared_statements WHERE from_sql") == 0)
            Server.driver.reclaim(connection, loan: .second)
        }
    }

    @Test("F66: that contain a NUL are refused before anything is sent")
    func nul() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            let queries: [SQLQuery] = [
                "SELECT \("a\0b")::text", "SELECT 1 AS \(identifier: "a\0b")", "SELECT \(unsafe: "1\0; DROP TABLE t")",
            ]
            for query in queries {
                #expect(try await sqlError { try await handle.query(query) } != nil)
                #expect(Server.driver.condition(of: connection) == .ready)
                #expect(try await handle.int("SELECT 7") == 7)
            }
        }
        for change: (inout PostgresConfiguration) -> Void in [
            { $0.user = "postgres\0app" }, { $0.database = "app\0x" }, { $0.applicationName = "a\0b" },
        ] {
            var driver = Server.driver
            change(&driver.configuration)
            #expect(throws: PoolConfigurationError.self) { try Pool(driver) }
        }
    }

    @Test("F66: the driver's own statements can't be led astray by a borrower's search path")
    func searchPath() async throws {
        let observer = try Observer()
        for statement in [
            "DROP SCHEMA IF EXISTS astray CASCADE", "CREATE SCHEMA astray",
            "CREATE FUNCTION astray.pg_advisory_unlock_all() RETURNS void AS 'BEGIN RAISE ''astray''; END' LANGUAGE plpgsql",
            "CREATE VIEW astray.pg_prepared_statements AS SELECT 'astray'::text AS name, true AS from_sql",
        ] { _ = try await observer.int(SQLQuery(unsafe: statement)) }
        var driver = Server.driver
        driver.sessionReset = .always
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("SET search_path = astray, pg_catalog")
            try await handle.execute("SELECT pg_catalog.pg_advisory_lock(43)")
            driver.reclaim(connection, loan: .first)
            try await driver.validate(connection)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
        }
        _ = try await observer.int("DROP SCHEMA astray CASCADE")
        await observer.end()
    }
}
