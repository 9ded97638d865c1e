import PoolingCore
import Testing

@Suite struct WaitingTests {
    /// Starts acquires one after the other, and returns in which order they were served.
    private func order(_ priorities: [WaiterPriority]) async throws -> [Int] {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let holder = try await pool.lease().shared()
        let served = Shared<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, priority) in priorities.enumerated() {
                group.addTask {
                    let lease = try await pool.lease(priority: priority)
                    served.change { $0.append(index) }
                    lease.release()
                }
                // The first acquire of the pool may have waited for its connect.
                let already = log.count(\.isWaiting)
                if pool.statistics.waiting <= index { await log.wait(for: already + 1, \.isWaiting) }
                while pool.statistics.waiting <= index { await Task.yield() }
            }
            holder.release()
            try await group.waitForAll()
        }
        #expect(await pool.shutdown().isClean)
        return served.change { $0 }
    }

    @Test func `F7: waiters are served first come, first served`() async throws {
        #expect(try await order(Array(repeating: .normal, count: 20)) == Array(0..<20))
    }

    @Test func `a higher priority is served first, in order within it`() async throws {
        #expect(try await order([.low, .normal, .high, .low, .high, .normal]) == [2, 4, 1, 5, 0, 3])
    }

    @Test func `F13: a cancelled waiter leaves at once and the next one is served`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let holder = try await pool.lease()
        let before = log.count(\.isWaiting)
        let cancelled = Task { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        let served = Task { try await pool.withConnection { $0.number } }
        await log.wait(for: before + 2, \.isWaiting)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(pool.statistics.waiting == 1)
        holder.release()
        #expect(try await served.value == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F13: acquires cancelled at random leave nothing behind`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 2))
        let outcomes = Shared((served: 0, cancelled: 0))
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<20_000 {
                let task = Task {
                    do {
                        try await pool.withConnection { _ in await Task.yield() }
                        outcomes.change { $0.served += 1 }
                    } catch is CancellationError {
                        outcomes.change { $0.cancelled += 1 }
                    } catch { Issue.record(error) }
                }
                if index % 3 != 0 { group.addTask { task.cancel() } }
                group.addTask { await task.value }
                if index % 64 == 0 { await Task.yield() }
            }
        }
        let s = pool.statistics
        #expect(outcomes.change { $0.served + $0.cancelled } == 20_000)
        #expect(s.waiting == 0 && s.leased == 0 && s.idle == s.total)
        #expect(s.acquired == s.released)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F6: an expired waiter loses no connection`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(min: 2, max: 2))
        try await pool.warmUp()
        let timedOut = Shared(0)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    do {
                        try await pool.withConnection(timeout: .milliseconds(index % 5 + 1)) { _ in
                            for _ in 0..<20 { await Task.yield() }
                        }
                    } catch let error as PoolError where error.code == .acquireTimedOut {
                        timedOut.change { $0 += 1 }
                    } catch { Issue.record(error) }
                }
            }
        }
        let s = pool.statistics
        #expect(s.idle == 2 && s.total == 2 && s.waiting == 0)
        #expect(s.timedOut == UInt64(timedOut.change { $0 }))
        #expect(s.acquired + s.timedOut == 300)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F55: one more than maxWaiters fails at once`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1, maxWaiters: 1), observers: [log])
        let holder = try await pool.lease()
        let before = log.count(\.isWaiting)
        let waiting = Task { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        let error = await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(error?.code == .queueFull)
        holder.release()
        try await waiting.value
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F52: a nested acquire that can never be served fails at once`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 2))
        let holding = Shared(0)
        let outcomes = Shared<[String]>([])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        try await pool.withConnection { _ in
                            holding.change { $0 += 1 }
                            while holding.change({ $0 }) < 2 { await Task.yield() }
                            try await pool.withConnection { _ in }
                        }
                        outcomes.change { $0.append("served") }
                    } catch let error as PoolError {
                        outcomes.change { $0.append("\(error.code)") }
                    } catch { Issue.record(error) }
                }
            }
        }
        #expect(outcomes.change { $0.sorted() } == ["nestedAcquireWouldDeadlock", "served"])
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F52: a nested acquire that can be served is`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 2))
        let numbers = try await pool.withConnection { outer in
            try await pool.withConnection { inner in (outer.number, inner.number) }
        }
        #expect(numbers == (1, 2))
        #expect(await pool.shutdown().isClean)
    }
}
