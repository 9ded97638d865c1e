import Foundation
import PGDriver
import PoolingCore
import PoolingSQL

/// What all this saves: a login, a process of the server and its warm caches, for each request.
enum Handshake {
    static func tell(_ server: Server) async throws {
        chapter("What a handshake costs")
        let pool = try server.pool("kept", .init(min: 1, max: 1))
        try await pool.warmUp()
        let kept = try await median(of: 500) { try await pool.execute("SELECT 1") }
        try await pool.end(on: server)
        let fresh = try await median(of: 100) {
            let pool = try server.pool("fresh", .init(max: 1))
            try await pool.execute("SELECT 1")
            await pool.shutdown()
        }
        print("  a request on a connection that is kept: \(text(kept)) (median of 500)")
        print("  a request with a connection of its own: \(text(fresh)) (median of 100)")
        try expect(fresh > kept, "the handshake costs \(Int(fresh / kept)) times what the request does")
    }

    private static func median(of count: Int, _ body: () async throws -> Void) async throws -> Duration {
        var times: [Duration] = []
        for _ in 0..<count { times.append(try await ContinuousClock().measure { try await body() }) }
        return times.sorted()[count / 2]
    }

    private static func text(_ duration: Duration) -> String {
        duration.formatted(.units(allowed: [.milliseconds], fractionalPart: .show(length: 2)))
    }
}
