import CoreMetrics
import MetricsTestKit
import PoolingCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import PoolingObservability

@Suite struct MetricsObserverTests {
    let backend = TestMetrics()

    private func pool(
        _ metrics: MetricsObserver, _ name: String = "p", _ driver: StageDriver = StageDriver(),
        _ configuration: PoolConfiguration = .init(max: 2)
    ) throws -> Pool<StageDriver> {
        try Pool(driver, name: name, configuration: configuration, observers: [metrics])
    }

    @Test func `gauges are those of the statistics`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let pool = try pool(metrics, "p", StageDriver(), .init(min: 2, max: 5, minIdle: 3))
        try await pool.warmUp()
        let lease = try await pool.lease()
        try await becomes { pool.statistics.idle == 3 }
        metrics.refresh()
        let states = ["idle", "used", "connecting", "checking", "resetting", "closing"]
        #expect(states.map { backend.gauge(.count, state: $0) } == [3, 1, 0, 0, 0, 0])
        #expect(backend.gauge(.max) == 5)
        #expect(backend.gauge(.idleMax) == 5)
        #expect(backend.gauge(.idleMin) == 3)
        #expect(backend.gauge(.pendingRequests) == 0)
        #expect(backend.gauge(.abandoned) == 0)
        lease.release()
        try pool.resize(min: 0, max: 7)
        metrics.refresh()
        #expect(backend.gauge(.max) == 7)
        #expect(backend.gauge(.count, state: "used") == 0)
        await pool.shutdown()
        metrics.refresh()
        #expect(states.map { backend.gauge(.count, state: $0) } == [0, 0, 0, 0, 0, 0])
    }

    @Test func `those who wait are pending, and what they come to is told with how long it took`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let pool = try pool(metrics, "p", StageDriver(), .init(max: 1))
        _ = try await withWaiter(of: pool) { _ in
            metrics.refresh()
            #expect(backend.gauge(.pendingRequests) == 1)
        }.get()
        let before = backend.times(.waitTime)?.count ?? 0
        let timedOut = try await withWaiter(of: pool, timeout: .milliseconds(20)) { _ = await $0.result }
        let cancelled = try await withWaiter(of: pool) {
            $0.cancel()
            _ = await $0.result
        }
        #expect(throws: PoolError.self) { try timedOut.get() }
        #expect(throws: CancellationError.self) { try cancelled.get() }
        pool.suspend()
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .milliseconds(1)) { _ in } }
        pool.resume()
        #expect(backend.count(.timeouts) == 2)
        #expect(backend.count(.acquires, outcome: "timed_out") == 2)
        #expect(backend.count(.acquires, outcome: "cancelled") == 1)
        #expect(backend.times(.waitTime)?.count == before, "those who got nothing have waited for no connection")
        metrics.refresh()
        #expect(backend.gauge(.pendingRequests) == 0)
        await pool.shutdown()
        await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(backend.count(.acquires, outcome: "shut_down") == 1)
    }

    @Test func `a connect tells how long it took, a failed one that it failed`() async throws {
        let failures = Mutex(2)
        let metrics = MetricsObserver(factory: backend)
        let driver = StageDriver {
            try await Task.sleep(for: .milliseconds(3))
            if failures.withLock({ left in
                defer { left = max(0, left - 1) }
                return left > 0
            }) {
                throw StageFailure()
            }
        }
        let pool = try pool(metrics, "p", driver, .init(max: 1))
        try await pool.withConnection { _ in }
        #expect(backend.count(.connectFailures) == 2)
        let times = try #require(backend.times(.createTime))
        #expect(times.count == 1)
        #expect(times.allSatisfy { $0 >= 3_000_000 && $0 < 30_000_000_000 }, "nanoseconds, which a Timer's unit is")
        #expect(backend.timers.allSatisfy { $0.displayUnit == .seconds })
        await pool.shutdown()
    }

    @Test func `connections that are closed are counted by the reason`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let driver = StageDriver()
        let pool = try pool(metrics, "p", driver, .init(max: 3, validation: .always))
        let first = try await pool.lease()
        let second = try await pool.lease()
        let third = try await pool.lease()
        first.discard()
        second.release()
        third.release()
        pool.recycle(.all)
        try await becomes { pool.statistics.total == 0 }
        try await pool.withConnection { _ in }
        driver.change { $0.validate = { throw StageFailure() } }
        try await pool.withConnection { _ in }
        metrics.refresh()
        let closed = ["discarded", "recycled", "validation_failed"].map { backend.count(.closed, reason: $0) }
        #expect(closed == [1, 2, 1])
        #expect(backend.count(.validationFailures) == 1)
        #expect(backend.count(.recycles) == 1)
        #expect(backend.count(.closed, reason: "idle") == nil, "what has not happened has no series")
        await pool.shutdown()
        #expect(backend.count(.closed, reason: "shutdown") == 1)
    }

    @Test func `a loan that is held too long is a leak`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let pool = try pool(metrics, "p", StageDriver(), .init(max: 1, leakThreshold: .milliseconds(5)))
        let lease = try await pool.lease()
        try await becomes { pool.statistics.leaked == 1 }
        try await becomes { backend.count(.leaks) == 1 }
        lease.release()
        await pool.shutdown()
    }

    @Test func `a driver call that is given up on is abandoned for as long as it runs`() async throws {
        let gate = Gate()
        let metrics = MetricsObserver(factory: backend)
        let pool = try pool(
            metrics, "p", StageDriver { await gate.wait() },
            .init(
                max: 1, acquireTimeout: .seconds(30), connectTimeout: .milliseconds(20),
                backoff: .init(initial: .seconds(60), cap: .seconds(60))))
        let waiting = Task { try await pool.withConnection { _ in } }
        try await becomes { pool.statistics.abandoned == 1 }
        metrics.refresh()
        #expect(backend.gauge(.abandoned) == 1)
        waiting.cancel()
        _ = await waiting.result
        gate.open()
        try await becomes { pool.statistics.abandoned == 0 }
        metrics.refresh()
        #expect(backend.gauge(.abandoned) == 0)
        await pool.shutdown()
    }

    @Test(arguments: [MetricsObserver.LoanTimes.fromStatistics, .exact])
    func `each loan has one wait and one use, wherever they come from`(_ times: MetricsObserver.LoanTimes) async throws
    {
        let metrics = MetricsObserver(factory: backend, loanTimes: times)
        let pool = try pool(metrics, "p", StageDriver(), .init(min: 1, max: 1))
        try await pool.warmUp()
        for round in 1...3 {
            for _ in 0..<50 { try await pool.withConnection { _ in } }
            try await withWaiter(of: pool) { _ in try await Task.sleep(for: .milliseconds(20)) }.get()
            metrics.refresh()
            metrics.refresh()
            let statistics = pool.statistics
            #expect(statistics.acquired == 52 * UInt64(round))
            let waits = try #require(backend.times(.waitTime))
            let uses = try #require(backend.times(.useTime))
            #expect(waits.count == 52 * round)
            #expect(uses.count == 52 * round)
            #expect(waits.count { $0 > 0 } == round)
            #expect(waits.count { $0 > 10_000_000 } == round, "the one that waited did so for 20 ms")
            #expect(backend.count(.acquires, outcome: "immediate") == 51 * round)
            #expect(backend.count(.acquires, outcome: "waited") == round)
            // The lease was held for 20 ms at least, and known to a tick of the coarse clock.
            let sum = uses.reduce(0, +)
            #expect(sum > 10_000_000 * Int64(round))
            #expect(Double(sum) <= statistics.useTime.sum / .nanoseconds(1) * 1.01 + 10_000_000)
        }
        await pool.shutdown()
    }

    @Test func `a loan that did not wait is no event where times come from the statistics`() {
        let identity = PoolIdentity(name: "p", number: 1)
        let free = MetricsObserver(factory: backend).observer(of: identity)
        let exact = MetricsObserver(factory: backend, loanTimes: .exact).observer(of: identity)
        #expect(!free.interests.contains(.loans))
        #expect(exact.interests == .all)
    }

    @Test func `counters are passed on once however often and by how many they are refreshed`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let pool = try pool(metrics, "p", StageDriver(), .init(max: 4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<500 { try await pool.withConnection { _ in } } } }
            for _ in 0..<2 { group.addTask { for _ in 0..<50 { metrics.refresh() } } }
            try await group.waitForAll()
        }
        metrics.refresh()
        let s = pool.statistics
        let waited = backend.count(.acquires, outcome: "waited") ?? 0
        #expect(s.acquired == 2000)
        #expect(backend.count(.acquires, outcome: "immediate") == Int(s.acquiredImmediately))
        #expect(waited + Int(s.acquiredImmediately) == 2000)
        #expect(backend.times(.useTime)?.count == 2000)
        #expect(backend.counters.allSatisfy { $0.values.allSatisfy { $0 >= 0 } }, "no counter goes back")
        await pool.shutdown()
    }
}

/// Opens once, for everybody who waits; deaf to cancellation.
final class Gate: Sendable {
    private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
