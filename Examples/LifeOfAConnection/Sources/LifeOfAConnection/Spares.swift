import PGDriver
import PoolingCore
import PoolingSQL

/// A minimum of idle ones, whatever is on loan; and what is idle for too long goes.
enum Spares {
    static func tell(_ server: Server) async throws {
        chapter("A minimum of idle ones")
        let pool = try server.pool("spares", .init(max: 3, minIdle: 1, idleTimeout: .milliseconds(200)))
        let lease = try await pool.lease()
        try expect(
            try await becomes { pool.statistics.idle == 1 && pool.statistics.leased == 1 },
            "with 1 on loan, 1 idle is kept ready on top of it")
        let second = try await pool.lease()
        try expect(
            try await becomes { pool.statistics.idle == 1 && pool.statistics.leased == 2 },
            "with 2 on loan, again 1 on top")
        lease.release()
        second.release()
        try expect(
            try await becomes { pool.statistics.total == 1 },
            "with none on loan, those that are idle for longer than idleTimeout go, and 1 stays")
        try await pool.end(on: server)
    }
}
