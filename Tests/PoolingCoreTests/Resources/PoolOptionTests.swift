import PoolingCore
import Testing

/// The options of node's generic-pool, each under our name, and the faults that its users know.
@Suite struct PoolOptionTests {
    let shop = Workshop()

    @Test func `maxWaitingClients: one more than maxWaiters is refused at once`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(max: 1, maxWaiters: 1))
        let lease = try await pool.lease()
        async let waiting: Int = pool.withConnection { $0.number }
        #expect(await becomes { pool.statistics.waiting == 1 })
        let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .queueFull)
        lease.release()
        #expect(try await waiting == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `fifo: with leastRecentlyUsed the longest idle goes first, so that loans go round`() async throws {
        // Without hooks, so that it is idle the moment that it comes back.
        let shop = shop
        let pool = try Pool(
            ResourceDriver(create: { shop.make().number }),
            configuration: .init(min: 3, max: 3, idleOrder: .leastRecentlyUsed))
        try await pool.warmUp()
        var lent: [Int] = []
        for _ in 0..<9 { lent.append(try await pool.withConnection { $0 }) }
        #expect(Set(lent.prefix(3)) == [1, 2, 3])
        #expect(lent.suffix(3) == lent.prefix(3) && lent[3..<6] == lent.prefix(3))
        #expect(await pool.shutdown().isClean)
    }

    @Test func `priorityRange: who is more urgent is served first`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(max: 1))
        let served = Shared<[String]>([])
        let lease = try await pool.lease()
        let priorities: [(String, WaiterPriority)] = [("low", .low), ("normal", .normal), ("high", .high)]
        let tasks = priorities.map { name, priority in
            Task {
                let lease = try await pool.lease(priority: priority)
                served.change { $0.append(name) }
                lease.release()
            }
        }
        #expect(await becomes { pool.statistics.waiting == 3 })
        lease.release()
        for task in tasks { try await task.value }
        #expect(served.value == ["high", "normal", "low"])
        #expect(await pool.shutdown().isClean)
    }

    @Test func `autostart: a registry makes a pool when it is first asked for, and warmUp starts it before`()
        async throws
    {
        let registry = PoolRegistry()
        let shop = shop
        try registry.define("benches", configuration: .init(min: 2)) { shop.driver }
        #expect(registry.pools.isEmpty && shop.made.value == 0)
        try await registry.warmUp()
        #expect(registry.pools.map(\.statistics.idle) == [2])
        #expect(await registry.shutdown().values.allSatisfy(\.isClean))
    }

    @Test func `idleTimeoutMillis and softIdleTimeoutMillis: idle ones go, and never below min`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(min: 2, max: 4, idleTimeout: .milliseconds(50)))
        var leases: [SharedLease<ResourceDriver<Workbench>>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        for lease in leases { lease.release() }
        #expect(await becomes { pool.statistics.closed(.idle) == 2 && pool.statistics.idle == 2 })
        // Several more of its intervals.
        try await Task.sleep(for: .milliseconds(300))
        #expect(pool.statistics.idle == 2 && pool.statistics.closed == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `destroyTimeoutMillis: a destroy that hangs holds up nobody beyond closeTimeout`() async throws {
        let gate = Gate()
        let driver = ResourceDriver(
            create: { shop.make() }, destroy: { if $0.number == 1 { await gate.wait() } })
        let pool = try Pool(driver, configuration: .init(max: 1, closeTimeout: .milliseconds(30)))
        let lease = try await pool.lease()
        lease.discard()
        #expect(try await pool.withConnection(timeout: .seconds(30)) { $0.number } == 2)
        #expect(pool.statistics.abandoned == 1)
        gate.open()
        #expect(await becomes { pool.statistics.abandoned == 0 })
        #expect(await pool.shutdown().isClean)
    }

    @Test func `known fault: a stop with an unreturned loan ends`() async throws {
        let pool = try Pool(shop.driver)
        let lease = try await pool.lease()
        let report = await pool.shutdown(within: .milliseconds(50))
        #expect(report.loansForced == 1)
        #expect(shop.diary.value.last == "stop 1")
        lease.release()
        #expect(pool.statistics.total == 0)
    }

    @Test func `known fault: a create that fails is tried with pauses, and its error is told`() async throws {
        let attempts = Shared(0)
        let driver = ResourceDriver<Int>(create: {
            attempts.change { $0 += 1 }
            throw FakeFailure(text: "no wood")
        })
        let pool = try Pool(
            driver, configuration: .init(backoff: .init(initial: .milliseconds(200), multiplier: 4, cap: .seconds(10))))
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(500)) { _ in }
        }
        #expect(error.map { "\($0)".contains("no wood") } == true)
        #expect(attempts.value < 20, "a loop without pauses would have tried thousands of times")
        #expect(await pool.shutdown().isClean)
    }
}
