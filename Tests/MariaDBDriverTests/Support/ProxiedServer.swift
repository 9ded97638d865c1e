import MariaDBDriver
import PoolingSQL
import PoolingTestKit
import TestServers

typealias ProxiedServer = TestServers.ProxiedServer<MariaDB>

extension TestServers.ProxiedServer where Driver == MariaDB {
    /// - Parameters:
    ///   - name: of the user whose sessions they are, who is made.
    ///   - server: nil: the one that all tests share.
    init(_ name: String, _ server: MariaDBServer? = nil) async throws {
        let server = try server ?? MariaDBServer.shared
        try await server.createUser(name)
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
        var driver = server.driver
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
        driver.configuration.user = name
        // Those that are logging in belong to nobody yet.
        self.init(
            proxy, driver,
            census: """
                SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER IN (\(name), 'unauthenticated user')
                """)
    }
}
