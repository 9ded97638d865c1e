import Testing

@testable import PoolingCore

/// Every wait of the engine is ended once (F5). In these builds its continuations are checked: one that is dropped or
/// resumed twice is told of by the runtime, and fails the run.
@Suite struct ContinuationTests {
    @Test func `F5: each of many who wait is told the end of the pool, and once`() async throws {
        let log = EventLog()
        let pool = try Pool(ScriptedDriver(), configuration: .init(max: 1), observers: [log])
        let lease = try await pool.lease()
        let refused = Shared(0)
        let haveEnded = await ends(within: .seconds(30)) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        let error = await #expect(throws: PoolError.self) { try await pool.lease().release() }
                        if error?.code == .shutDown { refused.change { $0 += 1 } }
                    }
                }
                // Calls of shutdown wait, too.
                await log.wait(for: 50, \.isWaiting)
                for _ in 0..<3 { group.addTask { await pool.shutdown(within: .milliseconds(1)) } }
            }
        }
        #expect(haveEnded, "somebody was never told")
        #expect(refused.value == 50)
        lease.release()
    }

    #if DEBUG && !POOLING_PTHREAD_LOCK
        @Test func `F5: a wait of the engine that is ended twice ends the process in these builds`() async {
            await #expect(processExitsWith: .failure) {
                await PoolingCore.withUnsafeContinuation { continuation in
                    continuation.resume()
                    continuation.resume()
                }
            }
        }
    #endif
}
