import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Sessions that MariaDB ends by itself", .timeLimit(.minutes(2)))
struct KillTests {
    @Test("F38: for being idle are noticed before the next statement, which is told that it had no effect")
    func idleTimeout() async throws {
        let (server, driver) = (try MariaDBServer.shared, try MariaDBServer.shared.driver(as: MariaDBServer.user))
        try await driver.lending { handle, connection async throws -> Void in
            let session = try await handle.session()
            try await handle.execute("SET SESSION wait_timeout = 1")
            #expect(try await server.isGone(session))
            #expect(driver.condition(of: connection) != .ready)
            let error = try await sqlError { try await handle.query("SELECT 1") }
            #expect(error?.kind == .connectionLost, "\(error as Any)")
            #expect(error?.message.contains("was not executed") == true, "\(error as Any)")
            #expect(driver.condition(of: connection) == .broken)
        }
    }

    @Test("F38: in the midst of a statement may have executed it, and nothing more is executed there")
    func running() async throws {
        let (server, driver) = (try MariaDBServer.shared, try MariaDBServer.shared.driver(as: MariaDBServer.user))
        try await driver.lending { handle, connection async throws -> Void in
            let session = try await handle.session()
            let task = Task { try await sqlError { try await handle.query("SELECT SLEEP(60)") } }
            #expect(try await eventually { try await server.isRunning(session) })
            try await server.end(session)
            let error = try #require(try await task.value)
            #expect(error.kind == .mayHaveExecuted, "\(error)")
            #expect(driver.verdict(on: error) == .discard)
            #expect(driver.condition(of: connection) == .broken)
            #expect(try await sqlError { try await handle.query("SELECT 1") }?.kind == .connectionLost)
        }
    }

    @Test("F38: just before a statement are an error of a lost connection, whoever notices first")
    func justBefore() async throws {
        let (server, driver) = (try MariaDBServer.shared, try MariaDBServer.shared.driver(as: MariaDBServer.user))
        for isNoticed in [false, true, false, true, false] {
            try await driver.lending { handle, connection async throws -> Void in
                let session = try await handle.session()
                try await server.end(session)
                if isNoticed { #expect(try await server.isGone(session)) }
                let error = try await sqlError { try await handle.query("SELECT 1") }
                #expect(error?.kind == .connectionLost || error?.kind == .mayHaveExecuted, "\(error as Any)")
                if isNoticed { #expect(error?.kind == .connectionLost, "\(error as Any)") }
                #expect(driver.condition(of: connection) == .broken)
            }
        }
    }

    @Test("F38: while they are idle reach no borrower")
    func unlent() async throws {
        let server = try MariaDBServer.shared
        let pool = try Pool(server.driver(as: MariaDBServer.user), configuration: PoolConfiguration(max: 1))
        for _ in 0..<5 {
            let session = try await pool.withConnection { try await $0.session() }
            try await server.end(session)
            #expect(try await server.isGone(session))
            #expect(try await pool.withConnection { try await $0.session() } != session)
        }
        await pool.shutdown()
    }
}
