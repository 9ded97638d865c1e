import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

/// What a shutdown closes at its deadline while borrowers still hold it (F61).
@Suite("A connection to MariaDB that is closed under its borrower", .timeLimit(.minutes(1)))
struct ForcedEndTests {
    @Test("F61: may be returned, used and closed again, and nothing comes of it")
    func idleBorrower() async throws {
        for _ in 0..<20 {
            let driver = Server.driver
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
            let lease = try await pool.lease()
            let handle = lease.connection
            #expect(await pool.shutdown(within: .zero).loansForced == 1)
            #expect(try await code { try await handle.query("SELECT 1") } == .loanEnded)
            lease.release()
        }
    }

    @Test("F61: is refused to whoever detaches it, lends it anew or closes it once more")
    func detached() async throws {
        let driver = Server.driver
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let lease = try await pool.lease()
        await pool.shutdown(within: .zero)
        let connection = lease.detach()
        #expect(driver.condition(of: connection) == .broken)
        let handle = driver.lend(connection, loan: .unpooled)
        #expect(try await code { try await handle.query("SELECT 1") } == .loanEnded)
        driver.reclaim(connection, loan: .unpooled)
        await driver.close(connection)
        await driver.close(connection)
        #expect(driver.condition(of: connection) == .broken)
    }

    @Test("F17, F61: in the midst of a statement ends the statement here and on the server")
    func busyBorrower() async throws {
        for _ in 0..<5 {
            var driver = Server.driver
            // A machine that has other work takes its time to open the session that stops a statement.
            driver.cancelTimeout = .seconds(20)
            let pool = try Pool(driver, configuration: PoolConfiguration(max: 1, closeTimeout: .seconds(20)))
            let lease = try await pool.lease().shared()
            let handle = lease.connection
            let session = try await handle.int("SELECT CONNECTION_ID()")
            let statement = Task { try await sqlError { try await handle.query("SELECT SLEEP(60)") } }
            let states: SQLQuery = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session)"
            try await Server.superuser.lending { (other, _) async throws -> Void in
                #expect(try await eventually { try await other.int("\(states) AND STATE = 'User sleep'") == 1 })
                #expect(await pool.shutdown(within: .zero).loansForced == 1)
                #expect(try await statement.value?.kind == .mayHaveExecuted)
                #expect(try await eventually { try await other.int(states) == 0 })
            }
            #expect(try await code { try await handle.query("SELECT 1") } == .loanEnded)
            lease.release()
        }
    }
}
