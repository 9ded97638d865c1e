import PGDriver
import PoolingCore
import PoolingSQL

/// A loan marks a connection as taken; its return leaves the session alive, for the next.
enum Borrowing {
    static func tell(_ server: Server) async throws {
        chapter("Borrowing and returning")
        let pool = try server.pool("borrowing", .init(min: 1, max: 1))
        try await pool.warmUp()
        let lease = try await pool.lease()
        try expect(pool.statistics.leased == 1 && pool.statistics.idle == 0, "borrowed: 1 on loan, 0 idle")
        let process = try await lease.connection.query("SELECT pg_backend_pid()")[0].decode(Int.self)
        lease.release()
        try expect(
            try await becomes { pool.statistics.idle == 1 && pool.statistics.leased == 0 },
            "returned: 0 on loan, 1 idle")
        let sessions = try await server.sessions(of: pool.name) { $0.map(\.state) == ["idle"] }
        try expect(sessions.map(\.pid) == [process], "the server's process \(process) lives on, and is idle")

        for _ in 0..<100 {
            let again = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self)
            guard again == process else { throw Mismatch(claim: "the process is the same for each of 100 borrowers") }
        }
        try expect(pool.statistics.connected == 1, "a hundred more borrowers had the same process: 1 connect in all")
        try await pool.end(on: server)
    }
}
