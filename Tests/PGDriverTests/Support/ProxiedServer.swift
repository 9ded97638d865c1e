import PGDriver
import PoolingSQL
import PoolingTestKit
import TestServers

typealias ProxiedServer = TestServers.ProxiedServer<Postgres>

extension TestServers.ProxiedServer where Driver == Postgres {
    /// - Parameters:
    ///   - name: what its sessions are called.
    ///   - server: nil: the one that all tests share.
    init(_ name: String, _ server: PostgresServer? = nil) throws {
        let port = try server?.port ?? PostgresServer.sharedBlocking.port
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: port))
        var driver = Server.driver
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        driver.configuration.applicationName = name
        self.init(
            proxy, driver, census: "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = \(name)")
    }
}
