import PoolingCore
import Testing

@Suite struct GrowthTests {
    @Test func `min connections are opened in the background, at most so many at once`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { _ in await gate.wait() }))
        let pool = try Pool(driver, configuration: .init(min: 6, max: 10, maxConcurrentConnects: 4), observers: [log])
        #expect(pool.statistics.connecting == 4)
        gate.open()
        await log.wait(for: 6, \.isConnected)
        try await pool.warmUp()
        #expect(pool.statistics.idle == 6 && pool.statistics.total == 6)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `an empty pool opens for its first waiters at once and in parallel`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { _ in await gate.wait() }))
        let pool = try Pool(driver, configuration: .init(max: 10, maxConcurrentConnects: 3), observers: [log])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { try await pool.withConnection { _ in } } }
            await log.wait(for: 5, \.isWaiting)
            #expect(pool.statistics.connecting == 3)
            #expect(pool.statistics.waiting == 5)
            gate.open()
            try await group.waitForAll()
        }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F1: a waiter is served when the connect started for it fails and the next succeeds`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver(.init(connect: { if $0 <= 3 { throw FakeFailure() } }))
        let pool = try Pool(
            driver, configuration: .init(max: 2, backoff: .init(initial: .milliseconds(5), cap: .milliseconds(20))),
            observers: [log])
        let number = try await pool.withConnection { $0.number }
        #expect(number >= 4)
        #expect(pool.statistics.connectFailed == 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F14: cancelling the caller does not kill the connect that it started`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { _ in await gate.wait() }))
        let pool = try Pool(driver, configuration: .init(max: 2), observers: [log])
        let task = Task { try await pool.withConnection { _ in } }
        await log.wait(for: 1, \.isConnectStarted)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(pool.statistics.connecting == 1 && pool.statistics.waiting == 0 && pool.statistics.cancelled == 1)
        gate.open()
        await log.wait(for: 1, \.isConnected)
        #expect(pool.statistics.idle == 1)
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F15: a connect that never ends is given up on at its deadline, and its late result is closed`()
        async throws
    {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { if $0 == 1 { await gate.wait() } }))
        let pool = try Pool(
            driver,
            configuration: .init(
                max: 1, connectTimeout: .milliseconds(50),
                backoff: .init(initial: .milliseconds(1), cap: .milliseconds(2))),
            observers: [log])
        let number = try await pool.withConnection { $0.number }
        #expect(number == 2)
        #expect(pool.statistics.abandoned == 1)
        #expect(log.count(\.isAbandoned) == 1)
        gate.open()
        while driver.books.change({ $0.closed.isEmpty }) { await Task.yield() }
        #expect(driver.books.change { $0.closed.first?.number == 1 && $0.closed.first?.reason == .late })
        while pool.statistics.abandoned > 0 { await Task.yield() }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `while connects fail and nothing is open, acquires fail at once with the cause, and recover`()
        async throws
    {
        let log = EventLog()
        let isUp = Shared(false)
        let driver = ScriptedDriver(
            .init(connect: { _ in if !isUp.value { throw FakeFailure(text: "no route to the fake server") } }))
        let pool = try Pool(
            driver, name: "p",
            configuration: .init(
                max: 2, backoff: .init(initial: .milliseconds(1), cap: .milliseconds(5)),
                outagePolicy: .failAfter(.milliseconds(30))),
            observers: [log])
        let first = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(first?.code == .connectFailed)
        #expect(first?.description.contains("no route to the fake server") == true)
        if case .down = pool.health {} else { Issue.record("health is \(pool.health)") }
        isUp.change { $0 = true }
        // The refusal asked for a probe; nobody waits for it.
        await log.wait { $0.contains { if case .outageEnded = $0 { true } else { false } } }
        #expect(try await pool.withConnection { _ in true })
        if case .ready = pool.health {} else { Issue.record("health is \(pool.health)") }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a queue behind long work grows the pool`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(min: 1, max: 4), observers: [log])
        try await pool.warmUp()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await pool.withConnection { _ in await gate.wait() } } }
            await log.wait(for: 4, \.isConnected)
            #expect(pool.statistics.total == 4)
            gate.open()
            try await group.waitForAll()
        }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `spare idle connections are kept on top of those in use`() async throws {
        let log = EventLog()
        let pool = try Pool(
            ScriptedDriver(), configuration: .init(max: 5, minIdle: 2, validation: .never), observers: [log])
        await log.wait(for: 2, \.isConnected)
        let lease = try await pool.lease()
        await log.wait(for: 3, \.isConnected)
        #expect(pool.statistics.leased == 1 && pool.statistics.idle == 2)
        lease.release()
        #expect(await pool.shutdown().isClean)
    }
}
