import PGDriver
import PoolingCore
import PoolingSQL

/// Connections are made before the first request, and wait.
enum FirstRequest {
    static func tell(_ server: Server) async throws {
        chapter("Before the first request")
        let pool = try server.pool("first-request", .init(min: 2, max: 4))
        try await pool.warmUp()
        try expect(pool.statistics.idle == 2 && pool.statistics.acquired == 0, "the pool has 2 idle, and lent none")
        let sessions = try await server.sessions(of: pool.name) {
            $0.count == 2 && $0.allSatisfy { $0.state == "idle" }
        }
        try expect(sessions.map(\.state) == ["idle", "idle"], "the server has 2 sessions of it, both idle")

        try await pool.execute("SELECT 1")
        let later = try await server.sessions(of: pool.name) { $0.allSatisfy { $0.state == "idle" } }
        try expect(later.map(\.pid) == sessions.map(\.pid), "the first request found one of them ready")
        try await pool.end(on: server)
    }
}
