import PGDriver
import PoolingCore
import PoolingSQL

/// The server, seen by somebody with a connection of his own.
struct Server {
    /// A session of the server: one process, behind one connection.
    struct Session: Decodable, Hashable {
        var pid: Int
        var state: String
    }

    let url: String
    private let own: Pool<Postgres>

    init(url: String) throws {
        self.url = url
        own = try Pool(Postgres(url: Self.url(url, as: "onlooker")), configuration: .init(max: 1))
    }

    /// A pool whose sessions the server knows by its name.
    func pool(_ name: String, _ configuration: PoolConfiguration) throws -> Pool<Postgres> {
        try Pool(Postgres(url: Self.url(url, as: name)), name: name, configuration: configuration)
    }

    private static func url(_ url: String, as name: String) -> String {
        url + (url.contains("?") ? "&" : "?") + "application_name=\(name)"
    }

    func sessions(of name: String) async throws -> [Session] {
        try await own.query(
            "SELECT pid, coalesce(state, '') AS state FROM pg_stat_activity WHERE application_name = \(name) ORDER BY pid"
        )
        .map { try $0.decode(Session.self) }
    }

    /// Asks until it is as expected: the server's own view comes a moment later.
    func sessions(of name: String, become claim: ([Session]) -> Bool) async throws -> [Session] {
        let deadline = ContinuousClock.now + .seconds(20)
        var sessions = try await sessions(of: name)
        while !claim(sessions), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
            sessions = try await self.sessions(of: name)
        }
        return sessions
    }

    /// How many sessions it has room for, those of superusers apart.
    func limit() async throws -> Int {
        let rows = try await own.query(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int")
        return try rows[0].decode(Int.self)
    }

    func leave() async { await own.shutdown() }
}

extension Pool where Driver == Postgres {
    /// Ends it, and waits until the server has seen that.
    func end(on server: Server) async throws {
        let report = await shutdown()
        try expect(report.isClean, "\(name) was shut down, and nothing had to be forced")
        _ = try await server.sessions(of: name) { $0.isEmpty }
    }
}
