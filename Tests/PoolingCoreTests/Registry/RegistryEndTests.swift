import PoolingCore
import Testing

@Suite struct RegistryEndTests {
    let registry = PoolRegistry()

    @Test func `the last made is shut down first, and nothing can be had afterwards`() async throws {
        let order = Shared<[String]>([])
        for name in ["a", "b", "c"] {
            try registry.define(name) { ScriptedDriver(.init(close: { _ in order.change { $0.append(name) } })) }
        }
        // In another order than they were defined.
        for name in ["b", "c", "a"] {
            try await registry.pool(named: name, of: ScriptedDriver.self).withConnection { _ in }
        }
        let reports = await registry.shutdown()
        #expect(order.value == ["a", "c", "b"])
        #expect(Set(reports.keys) == ["a", "b", "c"] && reports.values.allSatisfy(\.isClean))
        #expect(throws: PoolRegistryError.self) { try registry.pool(named: "a") }
        #expect(message { try registry.define("d") { ScriptedDriver() } }?.contains("has been shut down") == true)
        #expect(registry.pools.isEmpty && registry.names.isEmpty)
        #expect(await registry.shutdown().isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `one deadline counts for all, and a loan that stays takes no other's time`()
        async throws
    {
        let kept = ScriptedDriver(), returning = ScriptedDriver()
        let early = try registry.pool(named: "early", driver: returning)
        let late = try registry.pool(named: "late", driver: kept)
        let leaked = try await late.lease()
        let loan = try await early.lease()
        let ending = Task { [registry] in await registry.shutdown(within: .seconds(3)) }
        // Its turn comes although the other has not ended.
        var refused: PoolError.Code?
        while refused != .shutDown {
            do { try await early.lease(timeout: .zero).release() } catch let error as PoolError { refused = error.code }
            try await Task.sleep(for: .milliseconds(5))
        }
        loan.release()
        let reports = await ending.value
        #expect(reports["early"]?.isClean == true, "it had the second half of the time for its loan")
        #expect(reports["late"]?.loansForced == 1)
        #expect(kept.books.value.open.isEmpty && returning.books.value.open.isEmpty)
        leaked.release()
    }

    @Test(.timeLimit(.minutes(1))) func `a registry that ends waits for pools that are being removed`() async throws {
        let driver = ScriptedDriver()
        let pool = try registry.pool(named: "tenant", driver: driver)
        let loan = try await pool.lease()
        let removing = Task { [registry] in await registry.remove("tenant", within: .seconds(50)) }
        #expect(await becomes { isDown(pool) })
        // Its name is free.
        let next = try registry.pool(named: "other", driver: ScriptedDriver())
        let ending = Task { [registry] in await registry.shutdown(within: .seconds(50)) }
        #expect(await becomes { isDown(next) })
        loan.release()
        let reports = await ending.value
        #expect(Set(reports.keys) == ["tenant", "other"] && reports.values.allSatisfy(\.isClean), "\(reports)")
        #expect(await removing.value?.isClean == true && driver.books.value.open.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a pool that is removed while all are warmed up keeps no other from it`()
        async throws
    {
        let asked = Shared(false)
        try registry.define("gone", configuration: .init(min: 1)) {
            ScriptedDriver(
                .init(connect: { _ in
                    asked.change { $0 = true }
                    try await Task.sleep(for: .seconds(50))
                }))
        }
        let driver = ScriptedDriver()
        try registry.define("stays", configuration: .init(min: 1)) { driver }
        let warming = Task { [registry] in try await registry.warmUp(timeout: .seconds(40)) }
        #expect(await becomes { asked.value })
        await registry.remove("gone")
        try await warming.value
        #expect(driver.books.value.open.count == 1)
        await registry.shutdown()
    }

    @Test(.timeLimit(.minutes(1))) func `ten thousand small pools cost no thread and end together`() async throws {
        let count = 10_000
        let registry = PoolRegistry(warningThreshold: .max)
        let driver = ScriptedDriver()
        for number in 0..<count {
            try registry.define("tenant \(number)", configuration: .init(max: 2)) { driver }
        }
        let before = threads()
        for number in 0..<count {
            let pool = try registry.pool(named: "tenant \(number)", of: ScriptedDriver.self)
            if number % 10 == 0 { try await pool.withConnection { _ in } }
        }
        #expect(registry.pools.count == count)
        #expect(threads() - before < 100)
        let reports = await registry.shutdown(within: .seconds(30))
        #expect(reports.count == count && reports.values.allSatisfy(\.isClean))
        #expect(driver.books.value.open.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a pool that is made while the registry ends is ended with it, or never was`()
        async throws
    {
        for _ in 0..<200 {
            let registry = PoolRegistry()
            let driver = ScriptedDriver()
            try registry.define("main", configuration: .init(min: 1)) { driver }
            async let made = try? registry.pool(named: "main")
            async let reports = registry.shutdown()
            let (pool, ended) = await (made, reports)
            #expect((pool == nil) == ended.isEmpty)
            #expect(driver.books.value.open.isEmpty)
        }
    }
}
