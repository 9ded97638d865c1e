import PoolingCore
import Testing

@Suite struct ControlTests {
    @Test func `a lower max closes idle connections now and lent ones at their return, and ends no loan`() async throws
    {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 4))
        var leases: [SharedLease<ScriptedDriver>] = []
        for _ in 0..<4 { leases.append(try await pool.lease().shared()) }
        leases.removeLast()
        try pool.resize(min: 0, max: 2)
        #expect(pool.statistics.leased == 3 && pool.statistics.max == 2)
        leases.removeAll()
        while pool.statistics.closing > 0 { await Task.yield() }
        #expect(pool.statistics.total == 2)
        #expect(pool.statistics.closed(.resized) == 2)
        try pool.resize(min: 3, max: 5)
        try await pool.warmUp()
        #expect(pool.statistics.total >= 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F68: resizing up and down under load fails nobody`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 8))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { for _ in 0..<300 { try await pool.withConnection { _ in await Task.yield() } } }
            }
            group.addTask {
                for size in [1, 8, 2, 6, 1, 8] {
                    try pool.resize(min: size / 2, max: size)
                    for _ in 0..<50 { await Task.yield() }
                }
            }
            try await group.waitForAll()
        }
        #expect(pool.statistics.acquired == 16 * 300)
        #expect(await pool.shutdown().isClean)
        #expect(driver.books.change { $0.open.isEmpty })
    }

    @Test func `while suspended loans run on and acquires wait, until resume`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(min: 1, max: 2), observers: [log])
        try await pool.warmUp()
        let lease = try await pool.lease()
        pool.suspend()
        let before = log.count(\.isWaiting)
        let waiting = Task { try await pool.withConnection { $0.number } }
        await log.wait(for: before + 1, \.isWaiting)
        lease.release()
        #expect(pool.statistics.waiting == 1 && pool.statistics.idle == 1)
        pool.resume()
        #expect(try await waiting.value == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F69: a timeout in a suspended pool says that it is suspended`() async throws {
        let pool = try Pool(ScriptedDriver(), name: "p")
        pool.suspend()
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(20)) { _ in }
        }
        #expect(error?.code == .acquireTimedOut)
        #expect(error?.description.contains("it is suspended") == true, "\(error?.description ?? "")")
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a suspended pool that is told to fail fails`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(suspensionPolicy: .fail))
        pool.suspend()
        let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .suspended)
        pool.resume()
        try await pool.withConnection { _ in }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `recycle replaces idle connections now and lent ones at their return`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 3))
        let lent = try await pool.lease()
        do { _ = try await pool.lease() }
        pool.recycle(.idle)
        while pool.statistics.closing > 0 { await Task.yield() }
        #expect(pool.statistics.total == 1 && pool.statistics.leased == 1)
        pool.recycle(.all)
        #expect(pool.statistics.generation == 1)
        lent.release()
        while pool.statistics.closing > 0 { await Task.yield() }
        #expect(pool.statistics.total == 0 && pool.statistics.closed(.recycled) == 2)
        #expect(try await pool.withConnection { $0.number } == 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `warmUp proves one connection even when min is 0, and throws the cause when it can't`() async throws {
        let good = try Pool(ScriptedDriver())
        try await good.warmUp()
        #expect(good.statistics.idle == 1)
        #expect(await good.shutdown().isClean)

        let bad = try Pool(
            ScriptedDriver(.init(connect: { _ in throw FakeFailure(text: "wrong password") })), name: "bad",
            configuration: .init(backoff: .init(initial: .milliseconds(5), cap: .milliseconds(10))))
        let error = await #expect(throws: PoolError.self) { try await bad.warmUp(timeout: .milliseconds(60)) }
        #expect(error?.code == .connectFailed)
        #expect(error?.description.contains("wrong password") == true)
        #expect(await bad.shutdown().isClean)
    }

    @Test func `the sequence of events tells what happens and counts what it drops`() async throws {
        let pool = try Pool(ScriptedDriver())
        let events = pool.events()
        for _ in 0..<600 { try await pool.withConnection { _ in } }
        _ = await pool.shutdown()
        var seen = 0
        for await _ in events { seen += 1 }
        #expect(seen == PoolEvents.capacity)
        #expect(events.dropped > 0)
    }

    @Test(arguments: [
        (PoolConfiguration(min: 5, max: 2), "min is 5, but must not exceed max (2)"),
        (PoolConfiguration(max: 0), "max is 0, but must be at least 1"),
        (PoolConfiguration(min: -1), "min is -1, but must not be negative"),
        (PoolConfiguration(acquireTimeout: .zero), "acquireTimeout is 0.0 seconds, but must be longer than zero"),
        (
            PoolConfiguration(maxLifetime: .seconds(60), keepAliveInterval: .seconds(60)),
            "keepAliveInterval is 60.0 seconds, but must be shorter than maxLifetime"
        ),
        (PoolConfiguration(lifetimeJitter: 1.5), "lifetimeJitter is 1.5, but must be between 0 and 1"),
        (PoolConfiguration(maxConcurrentConnects: 0), "maxConcurrentConnects is 0, but must be at least 1"),
        (PoolConfiguration(backoff: .init(multiplier: 0.5)), "backoff.multiplier is 0.5, but must be at least 1"),
        (PoolConfiguration(leakThreshold: .zero), "leakThreshold is 0.0 seconds, but must be at least 1 ms"),
    ])
    func `F68: a contradiction is refused with its field, value and rule`(
        _ configuration: PoolConfiguration, _ sentence: String
    ) async throws {
        let error = #expect(throws: PoolConfigurationError.self) { try configuration.validate() }
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
        #expect(throws: PoolConfigurationError.self) { _ = try Pool(ScriptedDriver(), configuration: configuration) }
        let pool = try Pool(ScriptedDriver())
        #expect(throws: PoolConfigurationError.self) { try pool.apply(configuration) }
        #expect(pool.configuration == PoolConfiguration())
        #expect(await pool.shutdown().isClean)
    }
}
