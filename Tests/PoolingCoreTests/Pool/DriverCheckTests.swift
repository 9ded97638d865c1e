import PoolingCore
import Testing

@Suite struct DriverCheckTests {
    private static let refusal = PoolConfigurationError(field: "max", value: "9", rule: "must be less than 9")

    private func driver() -> ScriptedDriver {
        ScriptedDriver(
            .init(check: { configuration throws(PoolConfigurationError) in
                if configuration.max >= 9 { throw Self.refusal }
            }))
    }

    @Test func `F68: what the driver refuses makes no pool and opens nothing`() throws {
        let driver = driver()
        let error = #expect(throws: PoolConfigurationError.self) {
            _ = try Pool(driver, configuration: .init(min: 2, max: 9))
        }
        #expect(error == Self.refusal)
        #expect(driver.books.value.connected == 0)
    }

    @Test func `F68: what the driver refuses later changes nothing`() async throws {
        let pool = try Pool(driver(), configuration: .init(max: 3))
        let error = #expect(throws: PoolConfigurationError.self) { try pool.resize(min: 0, max: 9) }
        #expect(error == Self.refusal)
        #expect(throws: PoolConfigurationError.self) { try pool.apply(.init(min: 1, max: 9)) }
        #expect(pool.configuration == PoolConfiguration(max: 3))
        try pool.resize(min: 0, max: 8)
        #expect(pool.configuration == PoolConfiguration(max: 8))
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a contradiction of the configuration's own is told before the driver is asked`() throws {
        let asked = Shared(false)
        let driver = ScriptedDriver(
            .init(check: { _ throws(PoolConfigurationError) in asked.change { $0 = true } }))
        #expect(throws: PoolConfigurationError.self) { _ = try Pool(driver, configuration: .init(min: 2, max: 1)) }
        #expect(!asked.value)
    }

    @Test(.timeLimit(.minutes(1)))
    func `the driver is asked without the pool's lock, and nothing is applied that it has not seen`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 3))
        let seen = Shared<[PoolConfiguration]>([])
        driver.change { script in
            script.check = { configuration throws(PoolConfigurationError) in
                let isFirst = seen.change { seen in
                    seen.append(configuration)
                    return seen.count == 1
                }
                // Somebody else is faster.
                if isFirst { try pool.apply(.init(max: 3, maxWaiters: 7)) }
            }
        }
        try pool.resize(min: 0, max: 5)
        let both = PoolConfiguration(max: 5, maxWaiters: 7)
        #expect(pool.configuration == both)
        #expect(seen.value == [.init(max: 5), .init(max: 3, maxWaiters: 7), both])
        driver.change { $0.check = { _ in } }
        #expect(await pool.shutdown().isClean)
    }
}
