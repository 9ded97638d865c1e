import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("A server of MariaDB that goes away and comes back", .timeLimit(.minutes(3)))
struct RestartTests {
    /// How often the pool tries to connect while borrowers are refused a few hundred times.
    private func outage(_ pool: Pool<MariaDB>) async throws -> Int {
        // They are refused at once, with the reason.
        let isKnown = try await eventually {
            if case .down(let cause) = pool.health { cause.contains("no server accepts connections") } else { false }
        }
        #expect(isKnown, "\(pool.health)")
        let before = pool.statistics
        #expect(try await eventually { pool.statistics.rejected > before.rejected + 200 })
        return Int(pool.statistics.connectFailed - before.connectFailed)
    }

    @Test(
        "F25: costs each borrower one statement at most, is asked for by one, and is used again once it is up",
        arguments: ["TERM", "KILL"])
    func restarted(_ signal: String) async throws {
        try await MariaDBServer.isolated { server in
            let weather = Weather()
            let pool = try Pool(
                server.driver,
                configuration: PoolConfiguration(
                    min: 2, max: 4, backoff: Backoff(initial: .milliseconds(50), cap: .milliseconds(400)),
                    outagePolicy: .failAfter(.milliseconds(200))))
            try await pool.warmUp()
            let borrowers = try await withThrowingTaskGroup(of: Borrower.self) { group in
                for name in 0..<6 {
                    group.addTask(executorPreference: name % 2 == 0 ? MariaDB.nextExecutor() : nil) {
                        await Borrower.run(name, pool, weather)
                    }
                }
                for _ in 0..<2 {
                    let before = pool.statistics.released
                    #expect(try await eventually { pool.statistics.released > before + 100 })
                    weather.change()
                    try await server.stop(signal)
                    // Six borrowers who ask every five milliseconds, and one who probes every 200 on average.
                    #expect(try await outage(pool) < 60)
                    try await server.start()
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
            }
            let statistics = pool.statistics
            #expect(try await eventually { pool.statistics.total >= 2 } && statistics.total <= 4, "\(statistics)")
            await pool.shutdown()
        }
    }

    @Test("F25: by a crash loses what runs on it and what is idle, and replaces them once")
    func crashed() async throws {
        try await MariaDBServer.isolated { server in
            let driver = server.driver
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
            var leases: [SharedLease<MariaDB>] = []
            for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
            let (sleeper, idle) = (leases[1].connection, leases[2].connection)
            let observer = try Observer(driver)
            let sleeping = try await sleeper.session()
            let task = Task { try await sleeper.query("SELECT SLEEP(60)") }
            #expect(try await eventually { try await observer.isActive(sleeping) })
            try await server.stop("KILL")
            let during = try await sqlError { try await task.value }
            #expect(during?.kind == .mayHaveExecuted, "\(during as Any)")
            try await HangUps.areNoticed()
            let after = try await sqlError { try await idle.query("SELECT 1") }
            #expect(after?.kind == .connectionLost, "\(after as Any)")
            for lease in leases { lease.release() }
            try await server.start()
            #expect(try await pool.query("SELECT 7").first?.decode(0, as: Int.self) == 7)
            #expect(pool.statistics.closed == 4 && pool.statistics.connected == 5)
            await pool.shutdown()
            await observer.end()
        }
    }
}
