import PoolingCore
import Testing

/// Nobody waits for what has happened already (F1, F13).
@Suite struct WakeUpTests {
    @Test func `F13: who is served and cancelled at once hands the connection on to the next`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let holder = try await pool.lease()
        let executor = BlockingExecutor(name: "cancelled", threads: 1)
        let before = log.count(\.isWaiting)
        let cancelled = Task(executorPreference: executor) { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        let next = Shared(false)
        let waiting = Task {
            try await pool.withConnection { _ in }
            next.change { $0 = true }
        }
        await log.wait(for: before + 2, \.isWaiting)
        // Its only thread is busy, so the first waiter is served now and runs later.
        let busy = await BusyThread(of: executor)
        holder.release()
        cancelled.cancel()
        try await busy.free()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(await ends(within: .seconds(5)) { _ = await waiting.result }, "the next one was never served")
        #expect(next.value && pool.statistics.leased == 0)
        #expect(await pool.shutdown(within: .zero).isClean)
    }

    @Test func `F6: one deadline after the other is kept, each on its own`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1))
        let holder = try await pool.lease()
        for turn in 1...4 {
            let waiting = Task { try await pool.withConnection(timeout: .milliseconds(3)) { _ in } }
            let isTold = await ends(within: .seconds(5)) { _ = await waiting.result }
            #expect(isTold, "waiter \(turn) was never told that its time was up")
            if !isTold { break }
        }
        #expect(pool.statistics.timedOut == 4 && pool.statistics.waiting == 0)
        holder.release()
        #expect(await pool.shutdown().isClean)
    }
}
