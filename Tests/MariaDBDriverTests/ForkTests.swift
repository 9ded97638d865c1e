import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import MariaDBDriver

// In a process of its own: in this one other tests' threads may hold locks that a child would wait for.
@Suite("A child process of a borrower of MariaDB", .timeLimit(.minutes(2)))
struct ForkTests {
    @Test("F34: may not use its parent's connection, and its end does not end the parent's session")
    func inherited() async {
        await #expect(processExitsWith: .success) {
            let driver = Server.driver
            try await driver.lending { (handle, connection) async throws -> Void in
                #expect(try await handle.int("SELECT 7") == 7)
                let code = try forked {
                    guard driver.condition(of: connection) == .broken, connection.isInherited else { return 1 }
                    return 0
                }
                #expect(code == 0)
                #expect(driver.condition(of: connection) == .ready)
                #expect(try await handle.int("SELECT 8") == 8)
            }
        }
    }
}
