import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

/// What a shutdown closes at its deadline while borrowers still hold it (F61).
@Suite("A connection that is closed under its borrower", .timeLimit(.minutes(1)))
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
}
