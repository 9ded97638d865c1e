import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers

/// A server behind a proxy of its own.
struct ProxiedServer {
    let proxy: FaultProxy
    /// Goes through the proxy. Its sessions are called `name`.
    var driver: Postgres
    let name: String

    /// - Parameter server: nil: the one that all tests share.
    init(_ name: String, _ server: PostgresServer? = nil) throws {
        self.name = name
        let port = try server?.port ?? PostgresServer.sharedBlocking.port
        proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: port))
        driver = Server.driver
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        driver.configuration.applicationName = name
    }

    /// How many bytes come back while `body` runs. Resets what is open then: the proxy has counted everything after that.
    func answered(_ body: () async throws -> Void) async throws -> Int {
        proxy.resetConnections()
        let before = proxy.counters.bytesToClient
        try await body()
        proxy.resetConnections()
        return proxy.counters.bytesToClient - before
    }

    /// How many of its sessions the server has.
    func sessions(_ observer: Observer) async throws -> Int {
        try await observer.int("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = \(name)")
    }

    /// Waits until the server has none of its sessions left: what they were at is done, or will never be.
    func areGone(_ observer: Observer) async throws -> Bool {
        try await eventually { try await sessions(observer) == 0 }
    }
}
