import PoolingCore
import ServiceContextModule
import Testing

@Suite struct EventTests {
    @Test func `a refused acquire is told, also when it was refused at once`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(suspensionPolicy: .fail), observers: [log])
        pool.suspend()
        await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(log.count(\.isRejected) == 1)
        await pool.shutdown()
        await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(log.count(\.isRejected) == 2)
        #expect(log.count(\.isWaiting) == 0)
    }

    @Test func `a connection that proves unfit after it was handed over is not told as granted`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 1), observers: [log])
        let connection = try await pool.withConnection { $0 }
        connection.condition.change { $0 = .suspect }
        driver.change {
            $0.validate = { [books = driver.books] in
                if books.value.validated >= 2 { $0.condition.change { $0 = .ready } }
            }
        }
        try await pool.withConnection { _ in }
        #expect(driver.books.value.validated == 2)
        #expect(log.count(\.isGranted) == 2)
        #expect(log.count(\.isReleased) == 2)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `F13: an acquire that is served and cancelled at once is told as cancelled`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let holder = try await pool.lease()
        let executor = BlockingExecutor(name: "cancelled", threads: 1)
        let before = log.count(\.isWaiting)
        let waiting = Task(executorPreference: executor) { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        // Its only thread is busy, so the waiter is served now and runs later.
        let busy = await BusyThread(of: executor)
        holder.release()
        waiting.cancel()
        try await busy.free()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(log.count(\.isGranted) == 1)
        #expect(log.count(\.isReleased) == 1)
        #expect(log.count { if case .acquireCancelled = $0 { true } else { false } } == 1)
        #expect(await pool.shutdown().isClean)
    }

    @Test func `only an acquire that waits is told to wait`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(min: 1, max: 1), observers: [log])
        try await pool.warmUp()
        #expect(log.count(\.isWaiting) == 0)
        let lease = try await pool.lease()
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .zero) { _ in } }
        #expect(log.count(\.isWaiting) == 0)
        lease.release()
        #expect(await pool.shutdown().isClean)
    }

    @Test func `the end of a pool is told once, and ends the sequence of one who comes late`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), observers: [log])
        await pool.shutdown()
        await pool.shutdown()
        #expect(log.count { if case .shutdownEnded = $0 { true } else { false } } == 1)
        for await _ in pool.events() {}
    }

    @Test func `a connection that leaves with its borrower is told`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), observers: [log])
        let lease = try await pool.lease()
        _ = lease.detach()
        #expect(log.count { if case .detached = $0 { true } else { false } } == 1)
        #expect(await pool.shutdown().isClean)
    }
}

extension PoolEvent {
    var isRejected: Bool { if case .acquireRejected = self { true } else { false } }
    var isGranted: Bool { if case .acquireGranted = self { true } else { false } }
    var isReleased: Bool { if case .released = self { true } else { false } }
}

/// Observers of acquires see the context of whoever acquires, whoever ends the acquire.
@Suite struct EventContextTests {
    private enum Name: ServiceContextKey { typealias Value = String }

    private final class ContextLog: PoolObserver {
        let heard = Shared<[String]>([])
        func observe(_ event: PoolEvent, in pool: PoolIdentity) {
            let name = ServiceContext.current?[Name.self] ?? "nobody"
            switch event {
            case .acquireGranted: heard.change { $0.append("granted \(name)") }
            case .acquireWaited: heard.change { $0.append("waited \(name)") }
            case .acquireTimedOut: heard.change { $0.append("timedOut \(name)") }
            case .acquireCancelled: heard.change { $0.append("cancelled \(name)") }
            case .acquireRejected: heard.change { $0.append("rejected \(name)") }
            default: break
            }
        }
    }

    private func with<R>(_ name: String, _ body: () async throws -> R) async rethrows -> R {
        var context = ServiceContext.topLevel
        context[Name.self] = name
        return try await ServiceContext.withValue(context) { try await body() }
    }

    @Test func `granted, timed out, cancelled and refused acquires are told in the context of their own task`()
        async throws
    {
        let log = ContextLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let lease = try await with("a") { try await pool.lease().shared() }
        _ = await with("b") {
            await #expect(throws: PoolError.self) { try await pool.lease(timeout: .milliseconds(20)).release() }
        }
        // Cancelled, served and refused by other tasks than those that wait.
        let cancelled = await with("c") { Task { try await pool.lease().release() } }
        #expect(await becomes { log.heard.value.contains("waited c") })
        await with("somebody else") { cancelled.cancel() }
        _ = await cancelled.result
        let served = await with("d") { Task { try await pool.lease().release() } }
        #expect(await becomes { log.heard.value.contains("waited d") })
        await with("somebody else") { _ = lease.release() }
        try await served.value
        let holder = try await pool.lease()
        let refused = await with("e") { Task { try await pool.lease().release() } }
        let nameless = Task.detached { try await pool.lease().release() }
        #expect(await becomes { pool.statistics.waiting == 2 })
        await with("somebody else") { _ = await pool.shutdown(within: .milliseconds(20)) }
        _ = await (refused.result, nameless.result)
        holder.release()
        let heard = log.heard.value
        let expected = [
            "granted a", "waited b", "timedOut b", "waited c", "cancelled c", "waited d", "granted d", "rejected e",
            "rejected nobody",
        ]
        for line in expected { #expect(heard.contains(line), "\(line)") }
        #expect(!heard.contains { $0.contains("somebody else") })
    }
}
