import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Acquires that are given up", .timeLimit(.minutes(2)))
struct AbandonedAcquireTests {
    @Test("F13: at any moment leave every connection idle, and nobody waiting")
    func cancelled() async throws { try await AbandonedAcquires<Postgres>.cancelled() }

    @Test("F14: while connections are being opened leave no session on the server that the pool does not know")
    func duringConnect() async throws { try await AbandonedAcquires<Postgres>.duringConnect() }

    @Test("F30: a table that has changed is seen by five connections, each of which knew it as it was")
    func changedTable() async throws {
        let (pool, observer) = (try Pool(Server.driver, configuration: PoolConfiguration(max: 5)), try Observer())
        _ = try await observer.int("DROP TABLE IF EXISTS changing")
        _ = try await observer.int("CREATE TABLE changing AS SELECT 1 AS a")
        for width in 1...4 {
            var leases: [SharedLease<Postgres>] = []
            for _ in 0..<5 { leases.append(try await pool.lease().shared()) }
            for lease in leases {
                let rows = try await lease.connection.query("SELECT * FROM changing WHERE a = \(1)")
                #expect(rows.first?.count == width)
            }
            for lease in leases { lease.release() }
            _ = try await observer.int("ALTER TABLE changing ADD COLUMN \(unsafe: "b\(width)") int")
        }
        #expect(pool.statistics.connected == 5)
        _ = try await observer.int("DROP TABLE changing")
        await pool.shutdown()
        await observer.end()
    }
}
