import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A writer of MariaDB that has become a replica", .timeLimit(.minutes(2)))
struct DemotionTests {
    /// A pool of four connections, all of which are idle.
    private func four(_ driver: MariaDB) async throws -> Pool<MariaDB> {
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(
                max: 4, backoff: Backoff(initial: .milliseconds(20), cap: .milliseconds(100)),
                outagePolicy: .failAfter(.milliseconds(100))))
        var leases: [SharedLease<MariaDB>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        for lease in leases { try await lease.connection.execute("INSERT INTO written VALUES (1)") }
        for lease in leases { lease.release() }
        return pool
    }

    @Test("F27: costs one statement, and nobody gets a session that can't write after it")
    func demoted() async throws {
        try await MariaDBServer.isolated { server in
            try await server.asRoot("CREATE TABLE written(a INT)")
            var driver = server.driver
            driver.configuration.targetSession = .readWrite
            // One whose borrowers find out one after the other, and one whose borrowers do so at once.
            let (pool, crowd) = (try await four(driver), try await four(server.driver))
            try await server.asRoot("SET GLOBAL read_only = 1")
            try await findOut(pool)
            try await findOutTogether(crowd)
            try await findAnother(driver)
            try await server.asRoot("SET GLOBAL read_only = 0")
            #expect(try await eventually { (try? await pool.execute("INSERT INTO written VALUES (5)")) != nil })
            let count = try await pool.query("SELECT COUNT(*) FROM written").first?.decode(0, as: Int.self)
            #expect(count == 9)
            for pool in [pool, crowd] { await pool.shutdown() }
        }
    }

    @Test("F27: a server that can write is asked for by the same word in a URL as for PostgreSQL")
    func url() throws {
        let driver = try MariaDB(url: "mariadb://app@db.example.com/app?target_session_attrs=read-write")
        #expect(driver.configuration.targetSession == .readWrite)
        #expect(try MariaDB(url: "mariadb://app@db.example.com/app").configuration.targetSession == .any)
        #expect(throws: PoolConfigurationError.self) {
            try MariaDB(url: "mariadb://app@db.example.com/app?target_session_attrs=primary")
        }
    }

    private func findOut(_ pool: Pool<MariaDB>) async throws {
        let error = try await sqlError { try await pool.execute("INSERT INTO written VALUES (2)") }
        #expect(error?.kind == .readOnly && error?.vendorCode == 1290, "\(error as Any)")
        #expect(pool.statistics.generation == 1)
        for _ in 0..<5 {
            let refusal = await #expect(throws: PoolError.self) {
                try await pool.execute("INSERT INTO written VALUES (3)")
            }
            #expect(refusal?.code == .connectFailed || refusal?.code == .acquireTimedOut)
            #expect("\(refusal as Any)".contains("is read-only, and targetSession asks for one that can write"))
        }
    }

    /// The next host is tried for a role as it is for a connection (F22).
    private func findAnother(_ driver: MariaDB) async throws {
        let other = try MariaDBServer.shared.port
        var driver = driver
        driver.configuration.hosts.append(MariaDBHost("127.0.0.1", port: other))
        #expect(try await driver.lending { (handle, _) in try await handle.int("SELECT @@port") } == other)
    }

    private func findOutTogether(_ pool: Pool<MariaDB>) async throws {
        let all = Rendezvous(4)
        let kinds = try await withThrowingTaskGroup(of: SQLError.Kind?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await sqlError {
                        try await pool.withConnection { handle in
                            await all.arrive()
                            try await handle.execute("INSERT INTO written VALUES (2)")
                        }
                    }?.kind
                }
            }
            return try await group.reduce(into: [SQLError.Kind?]()) { $0.append($1) }
        }
        #expect(kinds == [.readOnly, .readOnly, .readOnly, .readOnly])
        // One reason to replace them all, and not four.
        #expect(pool.statistics.generation == 1)
        #expect(try await eventually { pool.statistics.closed == 4 })
    }
}
