import PoolingCore
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
