import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A primary that has become a replica", .timeLimit(.minutes(2)))
struct DemotionTests {
    /// A pool of four connections, all of which are idle.
    private func four(_ driver: Postgres) async throws -> Pool<Postgres> {
        let pool = try Pool(
            driver,
            configuration: PoolConfiguration(
                max: 4, backoff: Backoff(initial: .milliseconds(20), cap: .milliseconds(100)),
                outagePolicy: .failAfter(.milliseconds(100))))
        var leases: [SharedLease<Postgres>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        for lease in leases { try await lease.connection.execute("INSERT INTO written VALUES (1)") }
        for lease in leases { lease.release() }
        return pool
    }

    @Test("F27: costs one statement, and nobody gets a session that can't write after it")
    func demoted() async throws {
        try await PostgresServer.isolated { server in
            try await server.psql("CREATE TABLE written(a int)")
            var driver = server.driver
            driver.configuration.targetSession = .readWrite
            // One whose borrowers find out one after the other, and one whose borrowers do so at once.
            let (pool, crowd) = (try await four(driver), try await four(server.driver))
            try await server.setReadOnly(true)
            try await findOut(pool)
            try await findOutTogether(crowd)
            try await findAnother(server.driver)
            #expect(try await server.psql("SELECT count(*) FROM written") == ["8"])
            try await server.setReadOnly(false)
            #expect(try await eventually { (try? await pool.execute("INSERT INTO written VALUES (5)")) != nil })
            for pool in [pool, crowd] { await pool.shutdown() }
        }
    }

    private func findOut(_ pool: Pool<Postgres>) async throws {
        let error = try await sqlError { try await pool.execute("INSERT INTO written VALUES (2)") }
        #expect(error?.kind == .readOnly && error?.sqlState == "25006", "\(error as Any)")
        #expect(pool.statistics.generation == 1)
        for _ in 0..<5 {
            let refusal = await #expect(throws: PoolError.self) {
                try await pool.execute("INSERT INTO written VALUES (3)")
            }
            #expect(refusal?.code == .connectFailed || refusal?.code == .acquireTimedOut)
            #expect("\(refusal as Any)".contains("is not the kind of server that targetSession read-write asks for"))
        }
    }

    /// The next host is tried for a role as it is for a connection (F22).
    private func findAnother(_ driver: Postgres) async throws {
        let other = try await PostgresServer.shared.port
        var driver = driver
        driver.configuration.targetSession = .readWrite
        driver.configuration.hosts.append(PostgresHost("127.0.0.1", port: other))
        driver.configuration.database = PostgresServer.database
        #expect(try await driver.lending { (handle, _) in try await handle.text("SHOW port") } == "\(other)")
    }

    private func findOutTogether(_ pool: Pool<Postgres>) async throws {
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
