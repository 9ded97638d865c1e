import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server that is full", .timeLimit(.minutes(2)))
struct FullServerTests {
    /// Runs `body` with a server that has room for seven of ours, and a pool that would like to have twenty.
    private func crowding(_ body: (Postgres, Pool<Postgres>) async throws -> Void) async throws {
        try await PostgresServer.isolated("max_connections=8", "superuser_reserved_connections=1") { server in
            var driver = server.driver
            driver.configuration.user = PostgresServer.user
            driver.configuration.password = .fixed(PostgresSecret(PostgresServer.password))
            driver.configuration.database = PostgresServer.database
            let pool = try Pool(
                driver, configuration: PoolConfiguration(max: 20, backoff: Backoff(initial: .milliseconds(50))))
            try await body(driver, pool)
            await pool.shutdown()
        }
    }

    @Test("F26: serves everybody by seven connections, is asked for few more, and is told to who waits in vain")
    func crowded() async throws {
        try await crowding { (driver, pool) in
            try await serve(pool)
            try await refuse(driver, pool)
        }
    }

    private func serve(_ pool: Pool<Postgres>) async throws {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let row = try await pool.query("SELECT \(number)::int FROM pg_sleep(0.02)").first
                    #expect(try row?.decode(0, as: Int.self) == number)
                }
            }
            try await group.waitForAll()
        }
        let (now, took) = (pool.statistics, began.duration(to: .now) / .milliseconds(1))
        // One more may be asked for at this moment.
        #expect(now.total - now.connecting <= 7 && now.connected >= 4, "\(now)")
        // The first four at once, then one at a time, each after half of 50 ms on average and later ones after more.
        #expect(Double(now.connectFailed) <= 8 + took / 25, "\(now.connectFailed) refused in \(took) ms")
    }

    private func refuse(_ driver: Postgres, _ pool: Pool<Postgres>) async throws {
        var leases: [SharedLease<Postgres>] = []
        for _ in 0..<7 { leases.append(try await pool.lease().shared()) }
        let direct = try await sqlError { await driver.close(try await driver.connect()) }
        #expect(direct?.kind == .tooManyConnections && direct?.sqlState == "53300")
        let error = await #expect(throws: PoolError.self) { _ = try await pool.lease(timeout: .milliseconds(300)) }
        #expect(error?.code == .acquireTimedOut)
        #expect((error?.lastConnectError as? SQLError)?.kind == .tooManyConnections, "\(error as Any)")
        #expect("\(error as Any)".contains("has no connection left"))
        let waiter = Task { try await pool.query("SELECT 7::int") }
        #expect(try await eventually { pool.statistics.waiting == 1 })
        leases.removeLast().release()
        #expect(try await waiter.value.first?.decode(0, as: Int.self) == 7)
        for lease in leases { lease.release() }
    }
}
