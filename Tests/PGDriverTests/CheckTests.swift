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

    @Test("F22: a connect's time that the pool would cut short is refused where it was chosen or where hosts share it")
    func connectTime() throws {
        func refuses(_ field: String?, _ pool: Duration, _ change: (inout Postgres) -> Void) {
            var driver = Server.driver
            change(&driver)
            let error: PoolConfigurationError?
            do {
                try driver.check(PoolConfiguration(connectTimeout: pool))
                error = nil
            } catch let refusal { error = refusal }
            #expect(error?.field == field, "\(String(describing: error))")
        }
        let two = [PostgresHost("a"), PostgresHost("b")]
        refuses(nil, .seconds(2)) { _ in }
        refuses("connectTimeLimit", .seconds(2)) {
            $0.configuration.tls = PostgresTLS()
            $0.configuration.hosts = two
        }
        refuses("connectTimeLimit", .seconds(2)) { $0.connectTimeLimit = .seconds(3) }
        refuses("connectTimeout", .seconds(2)) { $0.configuration.connectTimeout = .seconds(3) }
        // The one that counts.
        refuses(nil, .seconds(2)) {
            $0.connectTimeLimit = .seconds(30)
            $0.configuration.connectTimeout = .seconds(2)
        }
        refuses(nil, .seconds(10)) {
            $0.configuration.tls = PostgresTLS()
            $0.configuration.hosts = two
        }
    }
}
