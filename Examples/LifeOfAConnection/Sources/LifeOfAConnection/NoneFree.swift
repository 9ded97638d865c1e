import PGDriver
import PoolingCore
import PoolingSQL

/// None free: another is opened, up to max; at max a borrower waits for what comes back.
enum NoneFree {
    static func tell(_ server: Server) async throws {
        chapter("When none is free")
        let pool = try server.pool("none-free", .init(min: 2, max: 3))
        try await pool.warmUp()
        let first = try await pool.lease()
        let second = try await pool.lease()
        let third = try await pool.lease()
        try expect(pool.statistics.leased == 3 && pool.statistics.connected == 3, "two were there; a third was opened")

        let waiting = Task { try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self) }
        try expect(try await becomes { pool.statistics.waiting == 1 }, "at max the next borrower waits")
        let process = try await second.connection.query("SELECT pg_backend_pid()")[0].decode(Int.self)
        second.release()
        let served = try await waiting.value
        try expect(served == process, "it got the connection that was returned")
        try expect(pool.statistics.connected == 3, "no fourth was opened")

        let fourth = try await pool.lease()
        do {
            try await pool.lease(timeout: .milliseconds(50)).release()
            throw Mismatch(claim: "whoever waits in vain is told so")
        } catch let error as PoolError {
            print("  who waits in vain is told why: \(error)")
        }
        fourth.release()
        first.release()
        third.release()
        try await pool.end(on: server)
    }
}
