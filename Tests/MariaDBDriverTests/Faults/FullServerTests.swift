import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server of MariaDB that is full", .timeLimit(.minutes(2)))
struct FullServerTests {
    /// What a server or a user has no more of than so many connections, and the number that tells it.
    struct Limit: Sendable, CustomTestStringConvertible {
        let name: String
        let connections: Int
        let code: Int
        let user: String
        var testDescription: String { name }
    }

    static let limits = [
        Limit(name: "max_connections", connections: 10, code: 1040, user: "crowd"),
        // For users who have no limit of their own.
        Limit(name: "max_user_connections", connections: 4, code: 1203, user: MariaDBServer.user),
        Limit(name: "MAX_USER_CONNECTIONS", connections: 3, code: 1226, user: "few"),
    ]

    @Test(
        "F26: serves everybody by the connections that it has, is asked for few more, and is told to who waits in vain",
        arguments: limits)
    func crowded(_ limit: Limit) async throws {
        try await MariaDBServer.isolated("max_connections=10", "max_user_connections=4") { server in
            try await server.createUser("crowd", with: "MAX_USER_CONNECTIONS 100")
            try await server.createUser("few", with: "MAX_USER_CONNECTIONS 3")
            var driver = server.driver
            driver.configuration.user = limit.user
            let pool = try Pool(
                driver, configuration: PoolConfiguration(max: 20, backoff: Backoff(initial: .milliseconds(50))))
            try await serve(limit, pool)
            try await refuse(limit, driver, pool)
            await pool.shutdown()
        }
    }

    private func serve(_ limit: Limit, _ pool: Pool<MariaDB>) async throws {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let row = try await pool.query("SELECT \(number), SLEEP(0.02)").first
                    #expect(try row?.decode(0, as: Int.self) == number)
                }
            }
            try await group.waitForAll()
        }
        let (now, took) = (pool.statistics, began.duration(to: .now) / .milliseconds(1))
        // One more may be asked for at this moment.
        #expect(
            now.total - now.connecting <= limit.connections && now.connected >= 2
                && now.connectFailed > 0, "\(now)")
        // The first four at once, then one at a time, each after half of 50 ms on average and later ones after more.
        #expect(Double(now.connectFailed) <= 8 + took / 25, "\(now.connectFailed) refused in \(took) ms")
    }

    private func refuse(_ limit: Limit, _ driver: MariaDB, _ pool: Pool<MariaDB>) async throws {
        var leases: [SharedLease<MariaDB>] = []
        for _ in 0..<limit.connections { leases.append(try await pool.lease().shared()) }
        let direct = try await sqlError { await driver.close(try await driver.connect()) }
        #expect(direct?.kind == .tooManyConnections && direct?.vendorCode == limit.code, "\(direct as Any)")
        let error = await #expect(throws: PoolError.self) { _ = try await pool.lease(timeout: .milliseconds(300)) }
        #expect(error?.code == .acquireTimedOut)
        #expect((error?.lastConnectError as? SQLError)?.kind == .tooManyConnections, "\(error as Any)")
        #expect("\(error as Any)".contains("has no connection left"))
        let waiter = Task { try await pool.query("SELECT 7") }
        #expect(try await eventually { pool.statistics.waiting == 1 })
        leases.removeLast().release()
        #expect(try await waiter.value.first?.decode(0, as: Int.self) == 7)
        for lease in leases { lease.release() }
    }
}
