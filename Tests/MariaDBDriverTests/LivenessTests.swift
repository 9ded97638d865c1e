import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Connections to MariaDB that die", .timeLimit(.minutes(2)))
struct LivenessTests {
    let driver = Server.driver

    /// Runs `body` with a pool of four connections, all of which are idle, and with what the server calls their sessions.
    private func four(_ driver: MariaDB, _ body: (Pool<MariaDB>, [Int]) async throws -> Void) async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
        var sessions: [Int] = []
        var leases: [SharedLease<MariaDB>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        for lease in leases { sessions.append(try await lease.connection.session()) }
        for lease in leases { lease.release() }
        try await body(pool, sessions)
        await pool.shutdown()
    }

    @Test("F20: while idle are seen without a system call")
    func idle() async throws {
        let observer = try Observer()
        let connection = try await driver.connect()
        let session = try await driver.lend(connection, loan: .first).session()
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .ready)
        try await observer.kill(session)
        #expect(try await eventually { driver.condition(of: connection) == .suspect })
        let error = try await sqlError { try await driver.validate(connection) }
        #expect(error?.kind == .connectionLost, "\(error as Any)")
        #expect(driver.condition(of: connection) == .broken)
        #expect(driver.verdict(on: try #require(error)) == .discard)
        await driver.close(connection)
        await observer.end()
    }

    @Test("F20: of a pool all at once cost no borrower an error")
    func allAtOnce() async throws {
        let observer = try Observer()
        try await four(driver) { (pool, sessions) in
            for session in sessions { try await observer.kill(session) }
            for number in 0..<12 {
                #expect(try await pool.query("SELECT \(number)").first?.decode(0, as: Int.self) == number)
            }
            #expect(pool.statistics.closed == 4)
        }
        await observer.end()
    }

    @Test("F20: with their line, which is cut while they are idle, cost no borrower an error, either")
    func cut() async throws {
        let line = try await ProxiedServer("cut_idle")
        try await four(line.driver) { (pool, _) in
            for round in 1...3 {
                line.proxy.resetConnections()
                try await HangUps.areNoticed()
                for number in 0..<12 {
                    #expect(try await pool.query("SELECT \(number)").first?.decode(0, as: Int.self) == number)
                }
                #expect(pool.statistics.closed >= round)
            }
        }
        line.proxy.stop()
    }

    @Test("F18: during a statement tell that it may have been executed")
    func duringStatement() async throws {
        let observer = try Observer()
        try await driver.lending { (handle, connection) async throws -> Void in
            let session = try await handle.session()
            let task = Task { try await handle.query("SELECT SLEEP(60)") }
            #expect(try await eventually { try await observer.isActive(session) })
            try await observer.kill(session)
            let error = try await sqlError { try await task.value }
            #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
            #expect(driver.condition(of: connection) == .broken)
            #expect(driver.verdict(on: try #require(error)) == .discard)
        }
        await observer.end()
    }

    @Test("F25: again and again under load cost one error each, never a foreign answer, and none is left behind")
    func underLoad() async throws {
        let (line, observer, weather) = (try await ProxiedServer("churn"), try Observer(), Weather())
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 4))
        let killings = 40
        // Some of them may be lost at any time.
        weather.change()
        try await withThrowingTaskGroup(of: Borrower.self) { group in
            for name in 0..<8 {
                group.addTask(executorPreference: name % 2 == 0 ? MariaDB.nextExecutor() : nil) {
                    await Borrower.run(name, pool, weather)
                }
            }
            for _ in 0..<killings {
                let before = pool.statistics.released
                #expect(try await eventually { pool.statistics.released > before + 10 })
                let victim = try await observer.int(
                    "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'churn' ORDER BY RAND() LIMIT 1")
                // It may be gone already.
                if victim > 0 { _ = try? await observer.execute(SQLQuery(unsafe: "KILL \(victim)")) }
            }
            group.cancelAll()
            var lost = 0
            while let borrower = try await group.next() {
                lost += borrower.lost.values.reduce(0, +)
                #expect(borrower.refused == 0 && borrower.answers > 0, "\(borrower)")
            }
            #expect(lost <= killings)
        }
        #expect(try await pool.query("SELECT 7").first?.decode(0, as: Int.self) == 7)
        // Those that were closed are gone, and those that are there are the pool's. One that has died while idle is counted
        // until it is to be lent.
        #expect(try await eventually { try await line.sessions(observer) <= pool.statistics.total })
        await pool.shutdown()
        #expect(try await line.areGone(observer))
        line.proxy.stop()
        await observer.end()
    }

    @Test("F25, F27, F28: errors tell what they mean for the other connections")
    func verdicts() {
        for (kind, code, verdict) in [
            (SQLError.Kind.readOnly, 1290, ErrorVerdict.discardAll), (.notReady, 1047, .discardAll),
            (.connectionLost, 1053, .discardAll), (.mayHaveExecuted, 1053, .discardAll),
            (.connectionLost, 2006, .discard), (.mayHaveExecuted, 2013, .discard), (.deadlock, 1213, .keep),
            (.uniqueViolation, 1062, .keep), (.interrupted, 1317, .keep),
        ] { #expect(driver.verdict(on: SQLError(kind, "", vendorCode: code)) == verdict, "\(code)") }
        #expect(driver.verdict(on: CancellationError()) == .keep)
    }
}
