import PoolingCore
import Testing

@Suite struct StatisticsTests {
    @Test func `statistics read as a line`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 3))
        try await pool.withConnection { _ in }
        #expect(pool.statistics.description == "1 of max 3 (1 idle); 1 acquired, 1 released, 1 connected")
        #expect(await pool.shutdown().isClean)
    }

    @Test func `a warm-up is no acquire, however it ends`() async throws {
        let log = EventLog()
        let pool = try Pool(
            ScriptedDriver(.init(connect: { _ in throw FakeFailure() })),
            configuration: .init(outagePolicy: .wait), observers: [log])
        await #expect(throws: PoolError.self) { try await pool.warmUp(timeout: .milliseconds(5)) }
        let cancelled = Task { try await pool.warmUp() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let s = pool.statistics
        #expect(s.timedOut == 0 && s.cancelled == 0 && s.rejected == 0)
        #expect(await pool.shutdown().isClean)
        #expect(log.count(\.isRefusal) == 0)
    }

    @Test func `a loan whose connection proves unfit is counted as unused, and nobody is told of it`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, observers: [log])
        let first = try await pool.withConnection { $0 }
        first.condition.change { $0 = .broken }
        #expect(try await pool.withConnection { $0.number } == 2)
        let s = pool.statistics
        #expect(s.acquired == 2 && s.unused == 1 && s.released == 2)
        #expect(log.count(\.isGranted) == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F3: every snapshot under load adds up, and no counter goes back`() async throws {
        let driver = ScriptedDriver(
            .init(connect: { if $0 % 7 == 0 { throw FakeFailure() } }, verdict: { _ in .discard }))
        let pool = try Pool(
            driver,
            configuration: .init(
                min: 1, max: 4, backoff: .init(initial: .microseconds(100), cap: .milliseconds(1)),
                outagePolicy: .wait))
        let done = Shared(false)
        let snapshots = Task {
            var last = pool.statistics
            var count = 0
            while !done.value {
                let s = pool.statistics
                count += 1
                #expect(s.total == s.idle + s.leased + s.connecting + s.checking + s.resetting + s.closing)
                #expect(s.total <= 4 && s.idle >= 0 && s.leased >= 0)
                #expect(s.acquired == s.released + UInt64(s.leased))
                #expect(s.acquiredImmediately <= s.acquired)
                #expect(s.acquired >= last.acquired && s.connected >= last.connected && s.closed >= last.closed)
                #expect(s.timedOut >= last.timedOut && s.connectFailed >= last.connectFailed)
                last = s
                await Task.yield()
            }
            return count
        }
        let outcomes = Shared((served: 0, thrown: 0, timedOut: 0))
        await withTaskGroup(of: Void.self) { group in
            for client in 0..<16 {
                group.addTask {
                    for turn in 0..<200 {
                        do {
                            try await pool.withConnection { connection in
                                if (client + turn) % 11 == 0 { connection.condition.change { $0 = .dirty } }
                                await Task.yield()
                                if (client + turn) % 13 == 0 { throw FakeFailure() }
                            }
                            outcomes.change { $0.served += 1 }
                        } catch is FakeFailure {
                            outcomes.change { $0.thrown += 1 }
                        } catch { outcomes.change { $0.timedOut += 1 } }
                    }
                }
            }
        }
        done.change { $0 = true }
        #expect(await snapshots.value > 0)
        #expect(await pool.shutdown().isClean)
        let s = pool.statistics
        #expect(s.acquired == UInt64(outcomes.value.served + outcomes.value.thrown))
        #expect(s.timedOut == UInt64(outcomes.value.timedOut))
        #expect(s.acquired == s.released && s.connected == s.closed && s.total == 0)
        #expect(s.useTime.count == s.released)
        #expect(s.waitTime.count == s.acquired - s.acquiredImmediately)
        #expect(driver.books.change { $0.open.isEmpty && $0.mostOpen <= 4 })
    }

    @Test func `F3: the loans of a connection that has gone stay counted, each once`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1))
        for count in 1...5 {
            try await pool.withConnection { _ in }
            #expect(pool.statistics.acquired == UInt64(count) && pool.statistics.released == UInt64(count))
        }
        try await pool.lease().discard()
        #expect(pool.statistics.acquired == 6 && pool.statistics.released == 6)
        let lease = try await pool.lease()
        #expect(lease.connection.number == 2)
        #expect(pool.statistics.acquired == 7 && pool.statistics.released == 6)
        lease.release()
        #expect(pool.statistics.useTime.count == 7)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `counters never go back under load`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(min: 2, max: 2))
        try await pool.warmUp()
        let isDone = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<200_000 { try await pool.withConnection { _ in } }
                isDone.change { $0 = true }
            }
            group.addTask {
                var before = pool.statistics
                var steps = 0
                while !isDone.value {
                    let now = pool.statistics
                    #expect(now.acquired >= before.acquired)
                    #expect(now.released >= before.released)
                    #expect(now.acquiredImmediately >= before.acquiredImmediately)
                    #expect(now.acquired == now.released + UInt64(now.leased))
                    before = now
                    steps += 1
                    if steps % 64 == 0 { await Task.yield() }
                }
            }
            try await group.waitForAll()
        }
        #expect(await pool.shutdown().isClean)
    }
}

extension PoolEvent {
    fileprivate var isRefusal: Bool {
        switch self {
        case .acquireTimedOut, .acquireCancelled, .acquireRejected: true
        default: false
        }
    }
}
