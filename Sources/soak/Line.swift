internal import PGDriver
internal import PoolingTestKit

/// A server behind a proxy.
struct Line {
    let proxy: FaultProxy
    let driver: Postgres

    init(to server: Postgres, seed: UInt64) throws {
        let host = server.configuration.hosts[0]
        let target: FaultProxy.Target =
            host.isUnixSocket
            ? .unix(path: "\(host.name)/.s.PGSQL.\(host.port)")
            : .tcp(host: host.address ?? host.name, port: host.port)
        proxy = try FaultProxy(to: target, seed: seed)
        var driver = server
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        self.driver = driver
    }
}
