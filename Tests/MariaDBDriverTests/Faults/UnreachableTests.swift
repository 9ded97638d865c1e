import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A server of MariaDB that can't be reached", .timeLimit(.minutes(3)))
struct UnreachableTests {
    @Test(
        "F15, F16: is given up on by an acquire and its statement in their time, whatever the pool holds",
        arguments: NetworkTrouble.allCases, PoolStart.allCases)
    func acquire(_ trouble: NetworkTrouble, _ start: PoolStart) async throws {
        guard trouble == .frozen else {
            let line = try await ProxiedServer("unreachable")
            return try await UnreachableServers.acquire(trouble, start, of: line) { _, _ in }
        }
        // All its sessions are threads of one process.
        try await MariaDBServer.isolated { server in
            let line = try await ProxiedServer("unreachable", server)
            try await UnreachableServers.acquire(trouble, start, of: line) { _, isFrozen in
                try await server.signal(isFrozen ? SIGSTOP : SIGCONT)
            }
        }
    }

    @Test("F24: and can be again is used at once, without waiting for what was lost")
    func healed() async throws { try await UnreachableServers<MariaDB>.healed() }

    @Test("F22: leaves the next one in the list its share of the time, whatever the first one is silent for")
    func severalHosts() async throws {
        let (mute, deaf) = (try ScriptedServer([.readToEnd]), try await ProxiedServer("deaf"))
        deaf.proxy.change { $0.isDeaf = true }
        try await MariaDBServer.isolated { frozen in
            try await frozen.signal(SIGSTOP)
            var driver = Server.driver
            let reachable = driver.configuration.hosts
            driver.connectTimeLimit = .seconds(4)
            for port in [1, mute.port, deaf.proxy.port, frozen.port] {
                driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: port)] + reachable
                let began = ContinuousClock.now
                let place = try await driver.lending { (handle, _) in try await handle.int("SELECT @@port") }
                #expect(place == reachable[0].port)
                // Half of the time, and some more for a busy machine.
                #expect(began.duration(to: .now) < .seconds(10), "\(port)")
            }
            // With nobody who answers, all of them have no more than that together, and each is told.
            driver.connectTimeLimit = .seconds(1)
            driver.configuration.hosts = [mute.port, deaf.proxy.port].map { MariaDBHost("127.0.0.1", port: $0) }
            let began = ContinuousClock.now
            let error = try await sqlError { await driver.close(try await driver.connect()) }
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(error?.kind == .cannotOpen)
            for port in [mute.port, deaf.proxy.port] {
                #expect(error?.message.contains("127.0.0.1:\(port)") == true, "\(error as Any)")
            }
        }
        deaf.proxy.stop()
    }

    @Test("F22: of several that can be reached the first in the list is taken, and the next when it is gone")
    func order() async throws {
        let (first, second) = (try await ProxiedServer("first"), try await ProxiedServer("second"))
        var driver = first.driver
        driver.configuration.hosts += second.driver.configuration.hosts
        for _ in 0..<5 { _ = try await driver.lending { (handle, _) in try await handle.session() } }
        #expect(first.proxy.counters.accepted == 5 && second.proxy.counters.accepted == 0)
        first.proxy.stop()
        for _ in 0..<5 { _ = try await driver.lending { (handle, _) in try await handle.session() } }
        #expect(second.proxy.counters.accepted == 5)
        second.proxy.stop()
    }
}
