import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import Synchronization
import TestServers
import Testing

@Suite("Time limits of the server's own", .timeLimit(.minutes(2)))
struct ServerTimeoutTests {
    /// A driver whose sessions have a limit, and what they were told.
    private func limited(_ setting: String, _ value: String) -> (Postgres, LivenessTests.Heard) {
        let heard = LivenessTests.Heard()
        var driver = Server.driver
        driver.configuration.applicationName = "limited-\(setting)"
        driver.configuration.parameters = [setting: value]
        driver.onNotice = { heard.hear($0) }
        return (driver, heard)
    }

    private func sessions(_ driver: Postgres, _ observer: Observer) async throws -> Int {
        let name = driver.configuration.applicationName
        return try await observer.int("SELECT count(*)::int FROM pg_stat_activity WHERE application_name = \(name)")
    }

    @Test("F29: that end idle sessions cost no acquire an error, and their reason is known")
    func idle() async throws {
        let (driver, heard) = limited("idle_session_timeout", "1s")
        let observer = try Observer()
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
        for _ in 0..<2 {
            var leases: [SharedLease<Postgres>] = []
            for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
            for lease in leases { lease.release() }
            #expect(try await eventually { try await sessions(driver, observer) == 0 })
            try await HangUps.areNoticed()
            for number in 0..<500 {
                #expect(try await pool.query("SELECT \(number)::int").first?.decode(0, as: Int.self) == number)
            }
        }
        #expect(heard.notices.contains { $0.sqlState == "57P05" && $0.severity == "FATAL" })
        await pool.shutdown()
        await observer.end()
    }

    @Test("F29, F31: that end a transaction that does nothing are told by the next statement, which was not executed")
    func idleInTransaction() async throws {
        let (driver, _) = limited("idle_in_transaction_session_timeout", "100ms")
        let observer = try Observer()
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        for _ in 0..<3 {
            let error = try await sqlError {
                try await pool.transaction { handle in
                    let process = try await handle.process()
                    // It closes its socket after it has left the server's list.
                    #expect(try await eventually { kill(pid_t(process), 0) != 0 })
                    try await HangUps.areNoticed()
                    try await handle.execute("SELECT 2")
                }
            }
            #expect(error?.kind == .connectionLost && error?.sqlState == "25P03", "\(error as Any)")
            // The next borrower has another connection.
            #expect(try await pool.query("SELECT 7::int").first?.decode(0, as: Int.self) == 7)
        }
        #expect(pool.statistics.connected == 4)
        await pool.shutdown()
        await observer.end()
    }

    @Test("F29: that stop a statement leave the connection as it is")
    func statement() async throws {
        let (driver, _) = limited("statement_timeout", "50ms")
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        for _ in 0..<20 {
            let error = try await sqlError { try await pool.query("SELECT pg_sleep(60)") }
            #expect(error?.kind == .interrupted && error?.sqlState == "57014", "\(error as Any)")
        }
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
    }

    @Test("F19: a loan outlives the idle time and the lifetime of its pool's connections, which end it at its return")
    func longLoan() async throws { try await LongLoans<Postgres>.outlive() }
}
