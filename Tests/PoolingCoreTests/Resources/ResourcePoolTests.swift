import PoolingCore
import ServiceContextModule
import Testing

/// What a pool of any objects does, for those who come from LoopBack's pooling service: the behaviours of its acceptance
/// tests.
@Suite struct ResourcePoolTests {
    let shop = Workshop()

    @Test func `a pool is empty when it is made, and makes its first resource for its first borrower`() async throws {
        let pool = try Pool(shop.driver)
        #expect(pool.statistics.total == 0 && shop.made.value == 0)
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(shop.made.value == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `there is one pool for a key, and another for another`() async throws {
        let registry = PoolRegistry()
        let (benches, others) = (shop, Workshop())
        let first = try registry.pool(named: "benches", driver: benches.driver)
        #expect(try registry.pool(named: "benches", driver: benches.driver) === first)
        let second = try registry.pool(named: "others", driver: others.driver)
        #expect(second !== first)
        try await second.withConnection { #expect($0.diary === others.diary) }
        #expect(await registry.shutdown().values.allSatisfy(\.isClean))
    }

    @Test func `what is acquired is on loan until it is released, and then lent again`() async throws {
        let pool = try Pool(shop.driver)
        let lease = try await pool.lease()
        #expect(lease.connection.number == 1 && pool.statistics.leased == 1)
        lease.release()
        #expect(await becomes { pool.statistics.idle == 1 && pool.statistics.leased == 0 })
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a task is run with a resource, which comes back whether the task returns or throws`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(max: 1))
        #expect(try await pool.withConnection { "\($0.number) works" } == "1 works")
        await #expect(throws: FakeFailure.self) { try await pool.withConnection { _ in throw FakeFailure() } }
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `min resources are made without anybody asking`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(min: 3, max: 5))
        #expect(await becomes { pool.statistics.idle == 3 })
        #expect(shop.made.value == 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `at max an acquire times out, and swallows nothing: the next gets what is released`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(max: 1))
        let lease = try await pool.lease()
        let error = await #expect(throws: PoolError.self) { try await pool.lease(timeout: .milliseconds(30)).release() }
        #expect(error?.code == .acquireTimedOut)
        lease.release()
        #expect(try await pool.withConnection(timeout: .seconds(30)) { $0.number } == 1)
        #expect(pool.statistics.timedOut == 1 && pool.statistics.waiting == 0)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `the end of a pool stops its resources, and nothing can be acquired afterwards`() async throws {
        let pool = try Pool(shop.driver, configuration: .init(min: 2))
        #expect(await becomes { pool.statistics.idle == 2 })
        #expect(await pool.shutdown().isClean)
        #expect(shop.diary.value.suffix(2).sorted() == ["stop 1", "stop 2"])
        let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .shutDown)
    }

    @Test func `a resource that its validation refuses when it is borrowed is replaced`() async throws {
        let driver = ResourceDriver(create: { shop.make() }, validate: { $0.number > 1 })
        let pool = try Pool(driver, configuration: .init(validation: .always))
        // New ones are taken at their word.
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(await becomes { shop.diary.value.contains("stop 1") })
        #expect(pool.statistics.validationFailed == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `validation on return is really done, by every return, and ends what fails it`() async throws {
        let asked = Shared<[Int]>([])
        let driver = ResourceDriver(
            create: { shop.make() },
            validate: { bench in
                asked.change { $0.append(bench.number) }
                if bench.number == 2 { throw FakeFailure() }
                return asked.value.count < 3
            })
        let pool = try Pool(driver, configuration: .init(max: 1, validation: .never, validatesOnReturn: true))
        for expected in 1...3 {
            #expect(try await pool.withConnection { $0.number } == 1)
            #expect(await becomes { asked.value.count == expected })
        }
        #expect(try await pool.withConnection { $0.number } == 2, "the third return was the first's last")
        #expect(try await pool.withConnection { $0.number } == 3)
        #expect(await becomes { asked.value == [1, 1, 1, 2, 3] })
        #expect(pool.statistics.closed(.validationFailed) >= 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a resource of a key is resolved, started, and stopped when the pool ends`() async throws {
        let recipes = Recipes(recipes: ["bench": { [shop] in shop.make() }, "number": { 7 }])
        let pool = try Pool(
            ResourceDriver(resolving: "bench", in: recipes, as: Workbench.self), configuration: .init(max: 2))
        let first = try await pool.lease()
        let second = try await pool.lease()
        #expect(first.connection !== second.connection, "each is resolved anew")
        first.release()
        second.release()
        #expect(await pool.shutdown().isClean)
        #expect(shop.diary.value.filter { $0.hasPrefix("start") }.count == 2)
        #expect(shop.diary.value.filter { $0.hasPrefix("stop") }.count == 2)

        let numbers = try Pool(ResourceDriver(resolving: "number", in: recipes, as: Int.self))
        #expect(try await numbers.withConnection { $0 } == 7)
        #expect(await numbers.shutdown().isClean)

        let missing = try Pool(ResourceDriver(resolving: "nothing", in: recipes, as: Workbench.self))
        let error = await #expect(throws: PoolError.self) { try await missing.warmUp(timeout: .milliseconds(50)) }
        #expect(error.map { "\($0)".contains("nothing is bound to 'nothing'") } == true)
        #expect(await missing.shutdown().isClean)
    }
}
