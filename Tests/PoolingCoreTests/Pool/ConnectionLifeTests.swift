import PoolingCore
import Testing

@Suite struct ConnectionLifeTests {
    @Test func `a failed check is invisible to the borrower`() async throws {
        let driver = ScriptedDriver(.init(validate: { if $0.number == 1 { throw FakeFailure() } }))
        let pool = try Pool(driver, configuration: .init(max: 1, validation: .always))
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(driver.books.change { $0.validated } == 1)
        #expect(pool.statistics.validationFailed == 1)
        #expect(pool.statistics.closed(.validationFailed) == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `always proves before each loan, never does not, and afterIdle only what rested`() async throws {
        for (policy, expected) in [(ValidationPolicy.always, 5), (.never, 0), (.afterIdle(.seconds(60)), 0)] {
            let driver = ScriptedDriver()
            let pool = try Pool(driver, configuration: .init(max: 1, validation: policy))
            for _ in 0..<6 { try await pool.withConnection { _ in } }
            #expect(driver.books.change { $0.validated } == expected, "\(policy)")
            #expect(await pool.shutdown().isClean)
        }
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 1, validation: .afterIdle(.milliseconds(20))))
        try await pool.withConnection { _ in }
        try await Task.sleep(for: .milliseconds(60))
        #expect(noneAvailable(pool))
        try await pool.withConnection { _ in }
        #expect(driver.books.change { $0.validated } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a check that never ends costs the connection, not the borrower`() async throws {
        let gate = Gate()
        let driver = ScriptedDriver(.init(validate: { if $0.number == 1 { await gate.wait() } }))
        let pool = try Pool(
            driver, configuration: .init(max: 1, validationTimeout: .milliseconds(20), validation: .always))
        try await pool.withConnection { _ in }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(pool.statistics.abandoned == 1 && pool.statistics.total == 1)
        gate.open()
        while pool.statistics.abandoned > 0 { await Task.yield() }
        #expect(driver.books.change { $0.closed.map(\.number) } == [1])
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a dirty connection is reset before the next loan, a broken one replaced, a suspect one proved`()
        async throws
    {
        let log = EventLog()
        let driver = ScriptedDriver()
        // A machine that stands still for a moment must not make a connection due for a check.
        let pool = try Pool(
            driver, configuration: .init(max: 1, validation: .afterIdle(.seconds(600))), observers: [log])
        try await pool.withConnection { $0.condition.change { $0 = .dirty } }
        #expect(try await pool.withConnection { $0.number } == 1)
        #expect(pool.statistics.resets == 1 && log.count(\.isReset) == 1)
        try await pool.withConnection { $0.condition.change { $0 = .broken } }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(pool.statistics.closed(.broken) == 1)
        driver.change { $0.validate = { connection in connection.condition.change { $0 = .ready } } }
        try await pool.withConnection { $0.condition.change { $0 = .suspect } }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(driver.books.change { $0.validated } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a connection that spoils while idle does not reach a borrower`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 2))
        let connection = try await pool.withConnection { $0 }
        connection.condition.change { $0 = .broken }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(pool.statistics.closed(.broken) == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a connection whose reset fails is closed`() async throws {
        let driver = ScriptedDriver(.init(reset: { _ in throw FakeFailure() }))
        let pool = try Pool(driver, configuration: .init(max: 1))
        try await pool.withConnection { $0.condition.change { $0 = .dirty } }
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(pool.statistics.closed(.resetFailed) == 1 && pool.statistics.resets == 0)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `prepare runs before each loan, and another connection is tried when it throws`() async throws {
        let driver = ScriptedDriver(.init(prepare: { if $0.number == 1 { throw FakeFailure() } }), hooks: .all)
        let pool = try Pool(driver, configuration: .init(max: 1))
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(try await pool.withConnection { $0.number } == 2)
        #expect(driver.books.change { $0.prepared } == 3)
        #expect(pool.statistics.closed(.prepareFailed) == 1)
        let none = pool.leaseIfAvailable() == nil
        #expect(none)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a driver that does not declare its hooks gets the fast path once its prepare proves to be the default`()
        async throws
    {
        struct Plain: PoolDriver {
            func connect() async throws -> FakeConnection { FakeConnection(number: 1) }
            func validate(_ connection: FakeConnection) async throws {}
            func close(_ connection: FakeConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
        }
        let pool = try Pool(Plain(), configuration: .init(min: 1, max: 1))
        try await pool.warmUp()
        let available = pool.leaseIfAvailable() != nil
        #expect(available)
        for _ in 0..<3 { try await pool.withConnection { _ in } }
        #expect(pool.statistics.acquired == 4)
        #expect(pool.statistics.acquiredImmediately >= 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `idle connections are reaped down to min`() async throws {
        let log = EventLog()
        let pool = try Pool(
            ScriptedDriver(), configuration: .init(min: 2, max: 6, idleTimeout: .milliseconds(40)), observers: [log])
        var leases: [SharedLease<ScriptedDriver>] = []
        for _ in 0..<6 { leases.append(try await pool.lease().shared()) }
        leases.removeAll()
        await log.wait(for: 4) { $0.isClosed(.idle) }
        // Whatever else the timers do, min stays: wait for longer than they take.
        try await Task.sleep(for: .milliseconds(150))
        #expect(pool.statistics.total == 2 && log.count { $0.isClosed(.idle) } == 4)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F19: idle timeout and lifetime do not touch a loan`() async throws {
        let pool = try Pool(
            ScriptedDriver(),
            configuration: .init(
                max: 1, idleTimeout: .milliseconds(20), maxLifetime: .milliseconds(40), keepAliveInterval: nil))
        let lease = try await pool.lease()
        try await Task.sleep(for: .milliseconds(120))
        #expect(pool.statistics.leased == 1 && pool.statistics.closed == 0)
        lease.release()
        while pool.statistics.closed == 0 { await Task.yield() }
        #expect(pool.statistics.closed(.lifetime) == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `an expired connection of the minimum is replaced before it goes, below max`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(
            driver,
            configuration: .init(min: 1, max: 2, maxLifetime: .milliseconds(60), keepAliveInterval: nil),
            observers: [log])
        await log.wait(for: 1) { $0.isClosed(.lifetime) }
        let order = log.events.compactMap { event -> String? in
            if event.isConnected { return "opened" }
            return event.isClosed(.lifetime) ? "closed" : nil
        }
        #expect(order.prefix(3) == ["opened", "opened", "closed"])
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F3: at max an expired connection is closed first, so max is never exceeded`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(
            driver,
            configuration: .init(min: 2, max: 2, maxLifetime: .milliseconds(40), keepAliveInterval: nil),
            observers: [log])
        await log.wait(for: 4) { $0.isClosed(.lifetime) }
        #expect(driver.books.change { $0.mostOpen } <= 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a connection is replaced after maxUses loans`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1, maxUses: 3))
        var numbers: [Int] = []
        for _ in 0..<7 { numbers.append(try await pool.withConnection { $0.number }) }
        #expect(numbers == [1, 1, 1, 2, 2, 2, 3])
        #expect(pool.statistics.closed(.uses) == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F20: an idle connection is kept alive by checks, and replaced when one fails`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(
            driver, configuration: .init(min: 1, max: 1, keepAliveInterval: .milliseconds(20)), observers: [log])
        await log.wait(for: 3, \.isValidated)
        #expect(pool.statistics.connected == 1)
        driver.change { $0.validate = { if $0.number == 1 { throw FakeFailure() } } }
        await log.wait(for: 2, \.isConnected)
        #expect(pool.statistics.closed(.validationFailed) == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F20: one dead connection has its idle siblings checked before anybody meets them`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(min: 4, max: 4))
        try await pool.warmUp()
        driver.change { $0.validate = { if $0.number <= 4 { throw FakeFailure() } } }
        try await pool.withConnection { $0.condition.change { $0 = .broken } }
        for _ in 0..<4 { #expect(try await pool.withConnection { $0.number } > 4) }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `the verdict on a body's error decides about the connection, and about its siblings`() async throws {
        let driver = ScriptedDriver(
            .init(verdict: { ($0 as? FakeFailure)?.text == "all" ? .discardAll : .discard }))
        let pool = try Pool(driver, configuration: .init(min: 3, max: 3))
        try await pool.warmUp()
        await #expect(throws: FakeFailure.self) {
            try await pool.withConnection { _ in throw FakeFailure(text: "one") }
        }
        #expect(pool.statistics.closed(.broken) == 1)
        try await pool.warmUp()
        await #expect(throws: FakeFailure.self) {
            try await pool.withConnection { _ in throw FakeFailure(text: "all") }
        }
        try await pool.warmUp()
        #expect(pool.statistics.generation == 1)
        #expect(try await pool.withConnection { $0.number } >= 5)
        #expect(await pool.shutdown().isClean)
    }
}

private func noneAvailable(_ pool: Pool<ScriptedDriver>) -> Bool { pool.leaseIfAvailable() == nil }
