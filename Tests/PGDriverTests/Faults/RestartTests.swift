import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A server that goes away and comes back", .timeLimit(.minutes(3)))
struct RestartTests {
    /// How often the pool tries to connect while borrowers are refused a few hundred times.
    private func outage(_ pool: Pool<Postgres>) async throws -> Int {
        // They are refused at once, with the server's own reason.
        let isKnown = try await eventually {
            if case .down(let cause) = pool.health { cause.contains("57P03") } else { false }
        }
        #expect(isKnown, "\(pool.health)")
        let before = pool.statistics
        #expect(try await eventually { pool.statistics.rejected > before.rejected + 200 })
        return Int(pool.statistics.connectFailed - before.connectFailed)
    }

    @Test("F25: costs each borrower one statement at most, is asked for by one, and is used again once it is up")
    func restarted() async throws {
        try await PostgresServer.isolated { server in
            let (line, weather) = (try ProxiedServer("restarted", server), Weather())
            let pool = try Pool(
                line.driver,
                configuration: PoolConfiguration(
                    min: 2, max: 4, backoff: Backoff(initial: .milliseconds(50), cap: .milliseconds(400)),
                    outagePolicy: .failAfter(.milliseconds(200))))
            try await pool.warmUp()
            let borrowers = try await withThrowingTaskGroup(of: Borrower.self) { group in
                for name in 0..<6 {
                    group.addTask(executorPreference: name % 2 == 0 ? Postgres.nextExecutor() : nil) {
                        await Borrower.run(name, pool, weather)
                    }
                }
                for _ in 0..<2 {
                    let before = pool.statistics.released
                    #expect(try await eventually { pool.statistics.released > before + 100 })
                    weather.change()
                    try await server.stop(.immediate)
                    let attempts = try await server.starting { () async throws -> Int in try await outage(pool) }
                    // Six borrowers who ask every five milliseconds, and one who probes every 200 on average.
                    #expect(attempts < 60)
                    #expect(try await eventually { (try? await pool.query("SELECT 1")) != nil })
                    weather.change()
                }
                let before = pool.statistics.released
                #expect(try await eventually { pool.statistics.released > before + 100 })
                group.cancelAll()
                return try await group.reduce(into: [Borrower]()) { $0.append($1) }
            }
            for borrower in borrowers {
                #expect(borrower.answers > 0 && borrower.lost.values.allSatisfy { $0 <= 1 }, "\(borrower)")
                // What an immediate shutdown says of itself, if there was time for it.
                #expect(borrower.reasons.isSubset(of: ["57P01", "57P02", "57P03", "none"]), "\(borrower)")
            }
            let statistics = pool.statistics
            #expect(try await eventually { pool.statistics.total >= 2 } && statistics.total <= 4, "\(statistics)")
            await pool.shutdown()
            line.proxy.stop()
        }
    }

    @Test("F25: ends all sessions for the crash of one, each of which tells why, and replaces them once")
    func crashed() async throws {
        try await PostgresServer.isolated { server in
            let driver = server.driver
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
            var leases: [SharedLease<Postgres>] = []
            for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
            let (sleeper, idle) = (leases[1].connection, leases[2].connection)
            var processes: [Int] = []
            for lease in leases { processes.append(try await lease.connection.process()) }
            let observer = try Observer(driver)
            let sleeping = processes[1]
            let task = Task { try await sleeper.query("SELECT pg_sleep(60)") }
            #expect(try await eventually { try await observer.isActive(sleeping) })
            try PostgresServer.signal(SIGKILL, pid_t(processes[0]))
            // The server says it with a warning: its processes have no time for more.
            let during = try await sqlError { try await task.value }
            #expect(during?.kind == .mayHaveExecuted && during?.sqlState == "57P02", "\(during as Any)")
            #expect(driver.verdict(on: try #require(during)) == .discardAll)
            // Each of them ends when it gets to it.
            let all = processes
            #expect(try await eventually { all.allSatisfy { kill(pid_t($0), 0) != 0 } })
            try await HangUps.areNoticed()
            let after = try await sqlError { try await idle.query("SELECT 1") }
            #expect(after?.kind == .connectionLost && after?.sqlState == "57P02", "\(after as Any)")
            for lease in leases { lease.release() }
            // It starts itself again meanwhile.
            #expect(try await pool.query("SELECT 7::int").first?.decode(0, as: Int.self) == 7)
            #expect(pool.statistics.closed == 4)
            await pool.shutdown()
            await observer.end()
        }
    }
}
