import PoolingCore
import ServiceContextModule
import Testing

/// The hooks of a resource: their order, what they are told, what becomes of what they throw.
@Suite struct ResourceHookTests {
    let shop = Workshop()

    private func context(_ name: String) -> ServiceContext {
        var context = ServiceContext.topLevel
        context[RequestName.self] = name
        return context
    }

    @Test func `hooks run in order, and acquire gets the borrower's context`() async throws {
        let driver = ResourceDriver(
            create: { shop.make() },
            validate: { bench in
                bench.diary.change { $0.append("validate \(bench.number)") }
                return true
            })
        let pool = try Pool(driver, configuration: .init(max: 1, validation: .always))
        for name in ["a", "b"] {
            try await ServiceContext.withValue(context(name)) {
                try await pool.withConnection { bench in bench.diary.change { $0.append("use \(bench.number)") } }
            }
            #expect(await becomes { pool.statistics.idle == 1 })
        }
        #expect(await pool.shutdown().isClean)
        #expect(
            shop.diary.value == [
                "make 1", "start 1", "acquire for a 1", "use 1", "release 1",
                "validate 1", "acquire for b 1", "use 1", "release 1", "stop 1",
            ])
    }

    @Test func `the hooks of the driver stand in for the resource's own`() async throws {
        let driver = ResourceDriver(
            create: { shop.make() },
            acquire: { bench, _ in bench.diary.change { $0.append("driver's acquire \(bench.number)") } },
            release: { bench in bench.diary.change { $0.append("driver's release \(bench.number)") } },
            destroy: { bench in bench.diary.change { $0.append("destroy \(bench.number)") } })
        let pool = try Pool(driver)
        try await pool.withConnection { _ in }
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(await pool.shutdown().isClean)
        #expect(
            shop.diary.value == [
                "make 1", "start 1", "driver's acquire 1", "driver's release 1", "stop 1", "destroy 1",
            ])
    }

    @Test func `a resource that can't be started is stopped, and acquires name why`() async throws {
        shop.failing.change { $0 = ["start"] }
        let pool = try Pool(shop.driver, configuration: .init(max: 1))
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(100)) { _ in }
        }
        #expect(error?.lastConnectError as? HookFailure == HookFailure(hook: "start"))
        #expect(shop.diary.value.prefix(3) == ["make 1", "start 1", "stop 1"])
        #expect(await pool.shutdown().isClean)
        let diary = shop.diary.value
        #expect(diary.count { $0.hasPrefix("make") } == diary.count { $0.hasPrefix("stop") })
    }

    @Test(.timeLimit(.minutes(1))) func `what acquire throws, the borrower gets, and the resource is destroyed`()
        async throws
    {
        let log = EventLog()
        shop.failing.change { $0 = ["acquire"] }
        let pool = try Pool(shop.driver, configuration: .init(max: 1), observers: [log])
        for number in 1...2 {
            await #expect(throws: HookFailure(hook: "acquire")) { try await pool.withConnection { _ in } }
            #expect(await becomes { shop.diary.value.last == "stop \(number)" }, "no other was tried in its place")
        }
        await #expect(throws: HookFailure(hook: "acquire")) { try await pool.lease().release() }
        #expect(pool.statistics.rejected == 3 && pool.statistics.waiting == 0)
        #expect(log.count { if case .acquireRejected(.refusedByDriver) = $0 { true } else { false } } == 3)
        #expect(
            log.count { if case .prepareFailed(_, let error) = $0 { error is HookFailure } else { false } } == 3)
        shop.failing.change { $0 = [] }
        try await pool.withConnection { _ in }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `who waits behind one whose acquire hook throws is served`() async throws {
        let gate = Gate()
        let entered = Gate()
        let driver = ResourceDriver(
            create: { shop.make() },
            acquire: { bench, _ in
                guard bench.number == 1 else { return }
                entered.open()
                await gate.wait()
                throw HookFailure(hook: "acquire")
            })
        let log = EventLog()
        let pool = try Pool(driver, configuration: .init(max: 1), observers: [log])
        let refused = Task { try await pool.withConnection { $0.number } }
        await entered.wait()
        let served = Task { try await pool.withConnection { $0.number } }
        await log.wait(for: 2, \.isWaiting)
        gate.open()
        await #expect(throws: HookFailure(hook: "acquire")) { try await refused.value }
        #expect(try await served.value == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `what release throws ends the resource, and observers are told`() async throws {
        let log = EventLog()
        shop.failing.change { $0 = ["release"] }
        let pool = try Pool(shop.driver, configuration: .init(max: 1), observers: [log])
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(try await pool.withConnection { $0.number } == 2)
        await log.wait { if case .resetFailed(_, let error) = $0 { error is HookFailure } else { false } }
        #expect(await becomes { shop.diary.value.contains("stop 1") })
        #expect(await pool.shutdown().isClean)
    }

    @Test func `each acquire has its release, also of one who was cancelled before the loan began`() async throws {
        let (entered, gate) = (Gate(), Gate())
        let driver = ResourceDriver(
            create: { shop.make() },
            acquire: { bench, _ in
                bench.diary.change { $0.append("acquire") }
                entered.open()
                await gate.wait()
            },
            release: { bench in bench.diary.change { $0.append("release") } })
        let pool = try Pool(driver, configuration: .init(max: 1))
        let task = Task { try await pool.withConnection { _ in } }
        await entered.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.open()
        try await pool.withConnection { _ in }
        #expect(await becomes { pool.statistics.idle == 1 })
        #expect(
            shop.diary.value.filter { $0 == "acquire" || $0 == "release" }
                == ["acquire", "release", "acquire", "release"])
        #expect(await pool.shutdown().isClean)
    }

    @Test func `the last loan of a resource has its release, too: at maxUses, after recycle, and in a shutdown`()
        async throws
    {
        let pool = try Pool(shop.driver, configuration: .init(max: 1, maxUses: 1))
        try await pool.withConnection { _ in }
        #expect(await becomes { shop.diary.value.suffix(2) == ["release 1", "stop 1"] })
        let second = try await pool.lease()
        pool.recycle(.all)
        second.release()
        #expect(await becomes { shop.diary.value.suffix(2) == ["release 2", "stop 2"] })
        let third = try await pool.lease()
        let ending = Task { await pool.shutdown(within: .seconds(30)) }
        #expect(await becomes { pool.health.description.hasPrefix("down") })
        third.release()
        #expect(await ending.value.isClean)
        #expect(shop.diary.value.suffix(2) == ["release 3", "stop 3"])

        let discarding = try Pool(shop.driver)
        try await discarding.lease().discard()
        #expect(await becomes { shop.diary.value.last == "stop 4" })
        #expect(!shop.diary.value.contains("release 4"), "what is discarded is stopped as it is")
        #expect(await discarding.shutdown().isClean)
    }

    @Test func `a resource whose start overruns is ended by a task that was not told to stop`() async throws {
        let ends = Shared<[Bool]>([])
        final class Slow: Poolable {
            func start() async throws { try await Task.sleep(for: .seconds(3600)) }
        }
        let driver = ResourceDriver(create: { Slow() }, destroy: { _ in ends.change { $0.append(Task.isCancelled) } })
        let pool = try Pool(driver, configuration: .init(connectTimeout: .milliseconds(30)))
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .milliseconds(60)) { _ in } }
        #expect(await becomes { !ends.value.isEmpty })
        #expect(ends.value.allSatisfy { !$0 })
        await pool.shutdown()
    }

    @Test func `an acquire hook that takes too long costs the resource, and the borrower no error of its own`()
        async throws
    {
        let driver = ResourceDriver(
            create: { shop.make() },
            acquire: { bench, _ in if bench.number == 1 { try await Task.sleep(for: .seconds(3600)) } })
        let pool = try Pool(driver, configuration: .init(max: 1, resetTimeout: .milliseconds(30)))
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `without hooks a loan is the fast one, and leases are there at once`() async throws {
        #expect(ResourceDriver { 1 }.requiredHooks == [])
        let pool = try Pool(ResourceDriver { 1 })
        try await pool.warmUp()
        guard let lease = pool.leaseIfAvailable() else {
            Issue.record("none is available")
            return
        }
        #expect(lease.connection == 1)
        lease.release()
        #expect(await pool.shutdown().isClean)
    }

    @Test func `an error of the body ends a resource if its verdict says so`() async throws {
        let driver = ResourceDriver(
            create: { shop.make() }, verdict: { $0 is FakeFailure ? .discard : .keep })
        let pool = try Pool(driver, configuration: .init(max: 1))
        await #expect(throws: CancellationError.self) {
            try await pool.withConnection { _ in throw CancellationError() }
        }
        await #expect(throws: FakeFailure.self) { try await pool.withConnection { _ in throw FakeFailure() } }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(await pool.shutdown().isClean)
    }
}
