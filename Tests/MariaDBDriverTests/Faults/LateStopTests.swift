import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Requests to stop a statement of MariaDB that come late", .timeLimit(.minutes(1)))
struct LateStopTests {
    @Test("F12: hit no other statement, since it is not sent before the server has taken them")
    func late() async throws {
        let server = try MariaDBServer.shared
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
        var driver = server.driver(as: MariaDBServer.user)
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
        // An encrypted login takes more turns than the end of a statement and the beginning of another one.
        driver.configuration.tls = MariaDBTLS(mode: .require)
        try await driver.lending { handle, _ async throws -> Void in
            let session = try await handle.session()
            let (short, long): (SQLQuery, SQLQuery) = ("SELECT SLEEP(0.05)", "SELECT SLEEP(1)")
            // Prepared, so that each is one turn.
            for query in [short, long] { _ = try await handle.query(query) }
            proxy.change { $0.toClient.latency = .milliseconds(100) }
            for _ in 0..<3 {
                _ = try await sqlError { try await handle.until(.now + .milliseconds(20)).query(short) }
                // 1 if it was stopped.
                #expect(try await handle.int(long) == 0)
            }
            #expect(try await handle.session() == session)
        }
        proxy.stop()
    }
}
