import PGDriver
import PoolingCore
import Testing

@Suite("Settings of the driver")
struct CheckTests {
    @Test("F68: that mean nothing are refused with their name when a pool is made")
    func refusals() throws {
        let changes: [(String, (inout Postgres) -> Void)] = [
            ("statementCacheCapacity", { $0.statementCacheCapacity = -1 }),
            ("statementTimeLimit", { $0.statementTimeLimit = .zero }),
            ("cancelTimeout", { $0.cancelTimeout = .zero }),
            ("connectTimeLimit", { $0.connectTimeLimit = .seconds(-1) }),
        ]
        for (field, change) in changes {
            var driver = Server.driver
            change(&driver)
            let error = #expect(throws: PoolConfigurationError.self) { try driver.check(PoolConfiguration()) }
            #expect(error?.field == field)
        }
        try Server.driver.check(PoolConfiguration())
    }
}
