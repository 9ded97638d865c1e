import PoolingCore
import Synchronization
import Testing

/// A whole pool under tasks that borrow, wait and are cancelled while it is resized, suspended, recycled and shut down.
@Suite(.serialized) struct PoolStressTests {
    /// Long beyond what a served acquire can take, so that one which runs into it was forgotten.
    private static let patience: Duration = .seconds(20)

    private struct Outcomes: Sendable {
        var served = 0
        var cancelled = 0
        var refused = 0
        var forgotten = 0
    }

    private func borrow(
        _ pool: Pool<StressDriver>, _ driver: StressDriver, yields: Bool, _ outcomes: Shared<Outcomes>
    ) async {
        do {
            try await pool.withConnection { connection in
                driver.take(connection)
                if yields { await Task.yield() }
                driver.giveBack(connection)
            }
            outcomes.change { $0.served += 1 }
        } catch is CancellationError {
            outcomes.change { $0.cancelled += 1 }
        } catch let error as PoolError where error.code == .shutDown {
            outcomes.change { $0.refused += 1 }
        } catch let error as PoolError where error.code == .acquireTimedOut {
            outcomes.change { $0.forgotten += 1 }
        } catch { Issue.record(error) }
    }

    @Test("every acquire ends, and nobody shares a connection (F1, F2)") func everyAcquireEnds() async throws {
        let driver = StressDriver()
        let pool = try Pool(driver, configuration: .init(min: 1, max: 2, acquireTimeout: Self.patience))
        try await pool.warmUp()
        let outcomes = Shared(Outcomes())
        let end = ContinuousClock.now + .seconds(2)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    var turn = number
                    while ContinuousClock.now < end {
                        turn += 1
                        await self.borrow(pool, driver, yields: turn % 3 == 0, outcomes)
                        // Lets the pool come to rest, so that slots are delegated and recalled again and again.
                        if turn % 7 == 0 { await Task.yield() }
                    }
                }
            }
            group.addTask { await self.cancelSome(pool, driver, until: end, outcomes) }
            group.addTask { await self.disturb(pool, until: end) }
        }
        let result = outcomes.value
        #expect(result.forgotten == 0, "an acquire was not served: \(result)")
        #expect(result.refused == 0)
        #expect(result.served > 1_000, "hardly anything was lent: \(result)")
        #expect(driver.disturbed.load(ordering: .relaxed) == 0, "two held a connection at the same time")
        let statistics = pool.statistics
        #expect(statistics.waiting == 0 && statistics.leased == 0)
        #expect(statistics.acquired == statistics.released)
        #expect(await pool.shutdown().isClean)
        let books = driver.books.value
        #expect(books.closed == books.connected && books.closedTwice == 0 && books.closedInUse == 0)
    }

    private func cancelSome(
        _ pool: Pool<StressDriver>, _ driver: StressDriver, until end: ContinuousClock.Instant,
        _ outcomes: Shared<Outcomes>
    ) async {
        while ContinuousClock.now < end {
            let task = Task { await self.borrow(pool, driver, yields: true, outcomes) }
            await Task.yield()
            task.cancel()
            await task.value
        }
    }

    private func disturb(_ pool: Pool<StressDriver>, until end: ContinuousClock.Instant) async {
        var turn = 0
        while ContinuousClock.now < end {
            turn += 1
            switch turn % 5 {
            case 0: pool.recycle(.all)
            case 1: pool.suspend()
            case 2: pool.resume()
            case 3: #expect(throws: Never.self) { try pool.resize(min: 1, max: 1) }
            default: #expect(throws: Never.self) { try pool.resize(min: 1, max: 2) }
            }
            for _ in 0..<20 { await Task.yield() }
        }
        pool.resume()
    }

    @Test("shutdown ends under load, patient or not (F61)", arguments: [Duration.seconds(10), .zero])
    func shutdownEnds(within timeout: Duration) async throws {
        for _ in 0..<100 {
            let driver = StressDriver()
            let pool = try Pool(driver, configuration: .init(max: 2, acquireTimeout: Self.patience))
            let outcomes = Shared(Outcomes())
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        while outcomes.value.refused == 0 {
                            await self.borrow(pool, driver, yields: number == 0, outcomes)
                        }
                    }
                }
                while outcomes.value.served < 20 { await Task.yield() }
                let report = await pool.shutdown(within: timeout)
                if timeout > .zero { #expect(report.loansForced == 0 && report.abandoned == 0) }
            }
            #expect(outcomes.value.forgotten == 0, "an acquire was not answered")
            let books = driver.books.value
            #expect(books.closed == books.connected && books.closedTwice == 0)
            if timeout > .zero {
                #expect(books.closedInUse == 0)
                #expect(driver.disturbed.load(ordering: .relaxed) == 0, "two held a connection at the same time")
            }
        }
    }
}
