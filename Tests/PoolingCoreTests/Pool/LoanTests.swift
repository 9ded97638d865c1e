import PoolingCore
import Testing

@Suite struct LoanTests {
    @Test func `a connection is opened for the first loan and used again for the next`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver)
        let first = try await pool.withConnection { $0.number }
        let second = try await pool.withConnection { $0.number }
        #expect(first == 1 && second == 1)
        let s = pool.statistics
        #expect(s.acquired == 2 && s.released == 2 && s.idle == 1 && s.total == 1 && s.connected == 1)
        let report = await pool.shutdown()
        #expect(report.isClean && report.closed == 1)
        #expect(driver.books.change { $0.open.isEmpty })
    }

    @Test func `never more than max are open, and everybody is served`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 3))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    for _ in 0..<40 { try await pool.withConnection { _ in await Task.yield() } }
                }
            }
            try await group.waitForAll()
        }
        let s = pool.statistics
        #expect(s.acquired == 2000 && s.released == 2000 && s.waiting == 0 && s.leased == 0)
        #expect(driver.books.change { $0.mostOpen } <= 3)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a lease ends by release, discard, detach, and by going out of scope`() async throws {
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 1))
        do {
            let lease = try await pool.lease()
            #expect(lease.connection.number == 1)
            let none = pool.leaseIfAvailable() == nil
            #expect(none)
        }
        let second = try await pool.lease()
        #expect(second.connection.number == 1)
        second.discard()
        let third = try await pool.lease()
        #expect(third.connection.number == 2)
        let detached = third.detach()
        #expect(detached.number == 2)
        #expect(pool.statistics.total == 0 && pool.statistics.detached == 1)
        let fourth = try await pool.lease()
        #expect(fourth.connection.number == 3)
        let shared = fourth.shared()
        #expect(shared.release())
        #expect(!shared.release())
        #expect(pool.statistics.idle == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `an acquire that runs out of time says what it waited for`() async throws {
        let pool = try Pool(ScriptedDriver(), name: "orders", configuration: .init(max: 1))
        let lease = try await pool.lease()
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(50)) { _ in }
        }
        #expect(error?.code == .acquireTimedOut)
        #expect(error?.description.contains("'orders'") == true)
        #expect(error?.description.contains("1 of max 1 on loan") == true)
        #expect(error?.holders.count == 1)
        lease.release()
        #expect(await pool.shutdown().isClean)
    }
}
