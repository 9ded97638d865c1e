import PoolingCore
import Testing

/// Drivers that do what they may, and what they should not.
@Suite struct ForeignCodeTests {
    @Test func `F14: a connection that comes too late is closed by a task that is not cancelled`() async throws {
        let log = EventLog()
        let gate = Gate()
        let wasCancelled = Shared<[Bool]>([])
        let driver = ScriptedDriver(
            .init(
                connect: { _ in await gate.wait() },
                close: { _ in wasCancelled.change { $0.append(Task.isCancelled) } }))
        let pool = try Pool(
            driver, configuration: .init(min: 1, max: 1, connectTimeout: .milliseconds(10)), observers: [log])
        await log.wait(\.isAbandoned)
        let ended = Task { await pool.shutdown(within: .zero) }
        _ = await ended.value
        gate.open()
        while wasCancelled.value.isEmpty { await Task.yield() }
        #expect(!wasCancelled.value.contains(true))
    }

    @TaskLocal static var tenant = 0

    @Test func `a connection is not made in the context of the borrower who caused it`() async throws {
        let seen = Shared<[Int]>([])
        let note: @Sendable () -> Void = { seen.change { $0.append(Self.tenant) } }
        let driver = ScriptedDriver(
            .init(connect: { _ in note() }, validate: { _ in note() }, close: { _ in note() }))
        let pool = try Pool(
            driver, configuration: .init(validation: .afterIdle(.seconds(600)), validatesOnReturn: true))
        try await Self.$tenant.withValue(7) { try await pool.withConnection { _ in } }
        while pool.statistics.checking > 0 { await Task.yield() }
        try await Self.$tenant.withValue(8) { try await pool.lease().discard() }
        while pool.statistics.closing > 0 { await Task.yield() }
        #expect(seen.value == [0, 0, 0])
        #expect(await pool.shutdown().isClean)
    }

    /// Looks at the pool when it goes away.
    private final class Reentrant: Sendable {
        let pool: Shared<Pool<ScriptedDriver>?>
        init(_ pool: Shared<Pool<ScriptedDriver>?>) { self.pool = pool }
        deinit { _ = pool.value?.statistics }
    }

    private struct ReentrantError: Error { let payload: Reentrant }

    @Test(.timeLimit(.minutes(1))) func `an error is let go of outside of the lock`() async throws {
        let shared = Shared<Pool<ScriptedDriver>?>(nil)
        let driver = ScriptedDriver(
            .init(connect: { number in if number < 3 { throw ReentrantError(payload: Reentrant(shared)) } }))
        let pool = try Pool(driver, configuration: .init(backoff: .init(initial: .milliseconds(1))))
        shared.change { $0 = pool }
        try await pool.withConnection { _ in }
        #expect(driver.books.value.connected == 3)
        #expect(await pool.shutdown().isClean)
        shared.change { $0 = nil }
    }

    @Test(.timeLimit(.minutes(1))) func `F15: connections that are never fit do not hold an acquire up`() async throws {
        let driver = ScriptedDriver(.init(reset: { _ in }))
        let pool = try Pool(driver, configuration: .init(min: 8, max: 8))
        try await pool.warmUp()
        while pool.statistics.idle < 8 { await Task.yield() }
        var connections: [FakeConnection] = []
        do {
            var leases: [SharedLease<ScriptedDriver>] = []
            for _ in 0..<8 { leases.append(try await pool.lease().shared()) }
            connections = leases.map(\.connection)
        }
        for connection in connections { connection.condition.change { $0 = .dirty } }
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(100)) { _ in }
        }
        #expect(error?.code == .acquireTimedOut)
        let none = pool.leaseIfAvailable() == nil
        #expect(none)
        let task = Task { try await pool.withConnection { _ in } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F69: a connect that ignores its deadline is the cause that a timeout names`() async throws {
        let gate = Gate()
        let pool = try Pool(
            ScriptedDriver(.init(connect: { _ in await gate.wait() })),
            configuration: .init(max: 1, connectTimeout: .milliseconds(10)))
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(400)) { _ in }
        }
        #expect(error?.lastConnectError != nil, "\(String(describing: error))")
        await pool.shutdown(within: .zero)
        gate.open()
    }

    @Test func `a connect that shutdown cancels is not told as one that took too long`() async throws {
        let log = EventLog()
        let pool = try Pool(
            ScriptedDriver(.init(connect: { _ in try await Task.sleep(for: .seconds(60)) })),
            configuration: .init(min: 1, connectTimeout: .seconds(Int64.max)), observers: [log])
        await log.wait(\.isConnectStarted)
        #expect(await pool.shutdown().connectsCancelled == 1)
        let failures = log.events.compactMap { if case .connectFailed(_, let error, _) = $0 { error } else { nil } }
        #expect(failures.count == 1 && failures.allSatisfy { $0 is CancellationError }, "\(failures)")
    }
}
