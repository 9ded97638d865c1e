import PoolingCore
import Testing

/// A connection that leaves the pool with its borrower has one owner: the pool until then, the borrower from then on.
@Suite struct DetachTests {
    @Test func `F61: what a shutdown closes under its borrower is not handed out`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 2))
        let lease = try await pool.lease()
        let shared = try await pool.lease().shared()
        #expect(await pool.shutdown(within: .zero).loansForced == 2)
        let refused = lease.detachIfCurrent() == nil
        #expect(refused)
        #expect(shared.detach() == nil)
        #expect(Set(driver.books.value.closed.map(\.number)) == [1, 2])
        #expect(pool.statistics.detached == 0)
    }

    @Test func `what is detached while a shutdown waits for its loan is not closed by the pool`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, observers: [log])
        let lease = try await pool.lease()
        let end = Task { await pool.shutdown(within: .seconds(60)) }
        await log.wait(for: 1) { if case .shutdownBegan = $0 { true } else { false } }
        let connection = lease.detachIfCurrent()
        #expect(connection?.number == 1)
        let report = await end.value
        #expect(report.loansForced == 0 && report.closed == 0)
        #expect(driver.books.value.closed.isEmpty && driver.books.value.open == [1])
        #expect(pool.statistics.detached == 1 && pool.statistics.total == 0)
    }

    @Test func `F61: a shutdown by force and a detach at the same moment: one of them has the connection`() async throws
    {
        var detached = 0
        for round in 0..<200 {
            let driver = ScriptedDriver()
            let pool = try Pool(driver)
            let lease = try await pool.lease().shared()
            async let report = pool.shutdown(within: .zero)
            for _ in 0..<(round % 40) { await Task.yield() }
            let connection = lease.detach()
            let forced = await report.loansForced
            if connection != nil { detached += 1 }
            // The pool does not wait for a slow close.
            while forced == 1, driver.books.value.closed.isEmpty { await Task.yield() }
            #expect(forced == (connection == nil ? 1 : 0), "round \(round)")
            #expect(driver.books.value.closed.map(\.number) == (connection == nil ? [1] : []), "round \(round)")
        }
        #expect((0...200).contains(detached))
    }

    @Test func `the pool keeps no reference to what was detached`() async throws {
        let pool = try Pool(ScriptedDriver())
        for count in 1...2 {
            weak var connection: FakeConnection?
            if count == 1 {
                connection = try await pool.lease().detach()
            } else {
                connection = try await pool.lease().shared().detach()
            }
            // The task that opened it may be about to end.
            let limit = ContinuousClock.now + .seconds(30)
            while connection != nil, ContinuousClock.now < limit { await Task.yield() }
            try #require(connection == nil)
            #expect(pool.statistics.detached == count)
        }
        #expect(await pool.shutdown().isClean)
    }
}
