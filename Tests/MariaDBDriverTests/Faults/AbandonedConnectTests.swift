import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Connects to MariaDB that are given up", .timeLimit(.minutes(3)))
struct AbandonedConnectTests {
    /// How many sockets this process has open.
    private static func sockets() -> Int {
        let folder = "/proc/self/fd"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { file in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(file)")
            return target?.hasPrefix("socket:") == true
        }.count
    }

    /// A connect that is given up after `pause`; nil: not at all.
    private static func attempt(_ driver: MariaDB, _ pause: Duration?) async {
        let task = Task { await driver.close(try await driver.connect()) }
        if let pause {
            try? await Task.sleep(for: pause)
            task.cancel()
        }
        _ = await task.result
    }

    @Test(
        "F14, F39: at whatever moment, or cut at whatever byte, leave neither a session nor a descriptor",
        arguments: [("modern", MariaDBTLS.Mode.disable), ("tls_only", .require)])
    func abandoned(user: String, mode: MariaDBTLS.Mode) async throws {
        let server = try MariaDBServer.shared
        let before = Self.sockets()
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
        var driver = server.driver(as: user)
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
        driver.configuration.tls = MariaDBTLS(mode: mode)
        driver.connectTimeLimit = .seconds(5)
        // Some turns of a login, each of which takes this long.
        proxy.change { $0.toClient.latency = .milliseconds(10) }
        await withTaskGroup(of: Void.self) { [driver] group in
            for pause in 0..<80 { group.addTask { await Self.attempt(driver, .milliseconds(pause)) } }
        }
        proxy.change { $0.toClient.latency = .zero }
        for count in stride(from: 0, to: mode == .disable ? 160 : 3000, by: mode == .disable ? 7 : 131) {
            proxy.change { $0.toClient.cutAfter = count }
            await Self.attempt(driver, nil)
        }
        proxy.change { $0.toClient.cutAfter = nil }
        #expect(try await eventually { try await server.sessions(of: user) == 0 })
        // The way is open again.
        try await driver.lending { (handle, _) async throws -> Void in
            #expect(try await handle.int("SELECT 7") == 7)
        }
        proxy.stop()
        #expect(try await eventually { Self.sockets() <= before })
    }

    @Test("F40: by their borrowers, a thousand times, are no failed attempt for the server, which would lock us out")
    func hostBlock() async throws {
        try await MariaDBServer.isolated("max_connect_errors=3") { server in
            let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
            proxy.change { $0.toClient.latency = .milliseconds(3) }
            var driver = server.driver(as: MariaDBServer.user)
            driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
            // No connection is used twice, so that there is always one being opened for somebody.
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 8, maxUses: 1))
            let before = try await server.counter("Aborted_connects")
            for _ in 0..<20 {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            if number % 2 == 0 {
                                _ = try? await pool.query("SELECT 1", timeout: .milliseconds(number + 1))
                            } else {
                                let task = Task { try await pool.query("SELECT 1") }
                                try? await Task.sleep(for: .milliseconds(number))
                                task.cancel()
                                _ = await task.result
                            }
                        }
                    }
                }
            }
            #expect(pool.statistics.connected > 50, "\(pool.statistics)")
            #expect(try await pool.withConnection { try await $0.int("SELECT 7") } == 7)
            await pool.shutdown()
            #expect(try await eventually { try await server.sessions(of: MariaDBServer.user) == 0 })
            #expect(try await server.counter("Aborted_connects") == before)
            // What is one for the server: it is noticed here.
            proxy.change { $0.toServer.cutAfter = 5 }
            #expect(try await sqlError { try await driver.connect() }?.kind == .cannotOpen)
            #expect(try await eventually { try await server.counter("Aborted_connects") == before + 1 })
            proxy.stop()
        }
    }
}
