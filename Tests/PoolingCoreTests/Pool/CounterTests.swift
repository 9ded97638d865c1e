import PoolingCore
import Testing

/// Counters never go back, whenever they are asked for.
@Suite struct CounterTests {
    /// A driver that asks for the statistics in the midst of things.
    private final class CuriousDriver: PoolDriver {
        let pool = Shared<Pool<CuriousDriver>?>(nil)
        let told = Shared<[PoolStatistics]>([])
        let isUnfit = Shared(false)

        func ask() { if let pool = pool.value { told.change { $0.append(pool.statistics) } } }

        func connect() async throws -> FakeConnection {
            ask()
            return FakeConnection(number: 1)
        }
        func validate(_ connection: FakeConnection) async throws {}
        func close(_ connection: FakeConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
            ask()
        }
        /// On its way to the borrower, the connection counts as lent.
        func condition(of connection: FakeConnection) -> ConnectionCondition {
            ask()
            return isUnfit.change { isUnfit in
                defer { isUnfit = false }
                return isUnfit ? .broken : .ready
            }
        }
        var requiredHooks: DriverHooks { .condition }
    }

    @Test func `a connection that is found unfit on its way to a borrower makes no counter go back`() async throws {
        let driver = CuriousDriver()
        let pool = try Pool(driver, configuration: .init(max: 2))
        driver.pool.change { $0 = pool }
        for round in 0..<6 {
            driver.isUnfit.change { $0 = round % 2 == 1 }
            let lease = try await pool.lease()
            driver.ask()
            lease.release()
            driver.ask()
        }
        for (before, now) in zip(driver.told.value, driver.told.value.dropFirst()) {
            #expect(now.acquired >= before.acquired && now.released >= before.released)
            #expect(now.acquiredImmediately >= before.acquiredImmediately)
            #expect(now.acquired == now.released + UInt64(now.leased))
        }
        #expect(driver.told.value.count >= 20)
        // What was told too soon is made up for.
        for _ in 0..<3 { try await pool.lease().release() }
        #expect(pool.statistics.leased == 0)
        driver.pool.change { $0 = nil }
        #expect(await pool.shutdown().isClean)
    }
}
