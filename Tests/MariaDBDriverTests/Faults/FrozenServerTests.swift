import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A server of MariaDB that takes nothing any more", .timeLimit(.minutes(4)))
struct FrozenServerTests {
    /// Where the tasks live: on Swift's own threads, or on one event loop.
    static let places = [false, true]

    @Test(
        "F39: neither with its buffers full nor without an answer keeps other tasks waiting, and close waits for nothing",
        arguments: [MariaDBTLS.Mode.disable, .require], [64, 24 << 20])
    func frozen(_ mode: MariaDBTLS.Mode, size: Int) async throws {
        try await MariaDBServer.isolated("max_allowed_packet=64M") { server in
            var driver = server.driver(as: MariaDBServer.user)
            driver.configuration.tls = MariaDBTLS(mode: mode)
            driver.cancelTimeout = .milliseconds(300)
            let value = SQLValue.blob([UInt8](repeating: 7, count: size))
            for isOnLoop in Self.places {
                let place = isOnLoop ? EventLoopExecutor.next() : nil
                // More than there are threads of the cooperative pool.
                var connections: [MariaDBConnection] = []
                for _ in 0..<ProcessInfo.processInfo.activeProcessorCount + 2 {
                    connections.append(try await driver.connect())
                }
                try await server.signal(SIGSTOP)
                let pulse = Pulse(on: place)
                await withTaskGroup(of: Void.self) { [driver] group in
                    for connection in connections {
                        group.addTask(executorPreference: place) {
                            let handle = driver.lend(connection, loan: .first)
                            let began = ContinuousClock.now
                            let error = try? await sqlError {
                                try await handle.until(.now + .milliseconds(500)).query("SELECT LENGTH(\(value))")
                            }
                            #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
                            #expect(began.duration(to: .now) < .seconds(8))
                            driver.reclaim(connection, loan: .first)
                            #expect(driver.condition(of: connection) == .broken)
                        }
                    }
                }
                #expect(await pulse.longestPause() < .seconds(4))
                for connection in connections {
                    let began = ContinuousClock.now
                    await driver.close(connection)
                    #expect(began.duration(to: .now) < .seconds(1))
                }
                try await server.signal(SIGCONT)
                #expect(try await eventually { try await server.sessions(of: MariaDBServer.user) == 0 })
            }
        }
    }

    @Test("F39: or that takes its time keeps no other task waiting, with TLS or without", arguments: [false, true])
    func slow(_ isEncrypted: Bool) async throws {
        var driver = try MariaDBServer.shared.driver(as: MariaDBServer.user)
        driver.configuration.tls = MariaDBTLS(mode: isEncrypted ? .require : .disable)
        for isOnLoop in Self.places {
            let place = isOnLoop ? EventLoopExecutor.next() : nil
            let pulse = Pulse(on: place)
            try await withThrowingTaskGroup(of: Void.self) { [driver] group in
                for _ in 0..<ProcessInfo.processInfo.activeProcessorCount + 2 {
                    group.addTask(executorPreference: place) {
                        try await driver.lending { (handle, _) async throws -> Void in
                            _ = try await handle.query("SELECT SLEEP(6)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await pulse.longestPause() < .seconds(4))
        }
    }

    @Test(
        "F39: and is left in the midst of an encrypted statement does no harm to other connections of the same thread")
    func others() async throws {
        let server = try MariaDBServer.shared
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
        var other = server.driver
        other.configuration.tls = MariaDBTLS(mode: .require)
        var driver = other
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
        driver.cancelTimeout = .milliseconds(100)
        let task = Task(executorPreference: EventLoopExecutor.next()) { [driver, other] in
            try await other.lending { (waiting, _) async throws -> Void in
                for _ in 0..<3 {
                    try await driver.lending { (handle, _) async throws -> Void in
                        proxy.change { $0.isBlackhole = true }
                        let error = try await sqlError {
                            try await handle.until(.now + .milliseconds(100)).query("SELECT 1")
                        }
                        #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
                        proxy.change { $0.isBlackhole = false }
                    }
                    #expect(try await waiting.int("SELECT SLEEP(0.1)") == 0)
                }
            }
        }
        try await task.value
        proxy.stop()
    }

    @Test("F39: is left by a pool that shuts down in the midst of a statement", arguments: [false, true])
    func shutdown(_ isEncrypted: Bool) async throws {
        try await MariaDBServer.isolated("max_allowed_packet=64M") { server in
            var driver = server.driver(as: MariaDBServer.user)
            driver.configuration.tls = MariaDBTLS(mode: isEncrypted ? .require : .disable)
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 2, closeTimeout: .seconds(1)))
            try await pool.warmUp()
            try await server.signal(SIGSTOP)
            let value = SQLValue.blob([UInt8](repeating: 7, count: 24 << 20))
            let task = Task { try await sqlError { try await pool.query("SELECT LENGTH(\(value))") } }
            #expect(try await eventually { pool.statistics.leased == 1 })
            let began = ContinuousClock.now
            _ = await pool.shutdown(within: .milliseconds(500))
            let error = try? await task.value
            #expect(error?.kind == .mayHaveExecuted || error?.kind == .connectionLost, "\(error as Any)")
            #expect(began.duration(to: .now) < .seconds(8))
            try await server.signal(SIGCONT)
            #expect(try await eventually { try await server.sessions(of: MariaDBServer.user) == 0 })
        }
    }
}

/// A task beside others that notes for how long it was kept from going on.
struct Pulse {
    private let task: Task<Duration, Never>

    /// - Parameter place: nil: the threads of the cooperative pool.
    init(on place: EventLoopExecutor?) {
        task = Task(executorPreference: place) {
            var (longest, last) = (Duration.zero, ContinuousClock.now)
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(10))
                longest = max(longest, last.duration(to: .now))
                last = .now
            }
            return longest
        }
    }

    /// Ends it.
    func longestPause() async -> Duration {
        task.cancel()
        return await task.value
    }
}
