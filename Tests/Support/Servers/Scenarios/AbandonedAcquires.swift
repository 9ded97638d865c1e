internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit
internal import Testing

/// Acquires that are given up.
package enum AbandonedAcquires<Driver: TestedDriver> {
    /// At any moment (F13).
    package static func cancelled() async throws {
        let pool = try Pool(Driver.observing, configuration: PoolConfiguration(max: 4))
        let before = try await pool.query("SELECT 7").first?.decode(0, as: Int.self)
        #expect(before == 7)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    let pause = Int.random(in: 0...2000, using: &generator)
                    group.addTask {
                        let task = Task {
                            let answer = try await pool.query("SELECT 7").first?.decode(0, as: Int.self)
                            #expect(answer == 7)
                        }
                        try? await Task.sleep(for: .microseconds(pause))
                        task.cancel()
                        do { try await task.value } catch { #expect(error is CancellationError, "\(error)") }
                    }
                }
            }
            let now = pool.statistics
            #expect(now.waiting == 0 && now.leased == 0 && now.total <= 4, "\(now)")
        }
        let now = pool.statistics
        #expect(now.acquired > 0 && now.cancelled > 0, "\(now)")
        #expect(try await eventually { pool.statistics.idle == pool.statistics.total })
        await pool.shutdown()
    }

    /// While connections are being opened (F14).
    package static func duringConnect() async throws {
        let (line, observer) = (try await Driver.proxied("late"), try Observer<Driver>())
        // A few turns of a login: some 150 ms.
        line.proxy.change { $0.toClient.latency = .milliseconds(25) }
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 8))
        for _ in 0..<10 {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        if number % 2 == 0 {
                            _ = try? await pool.query("SELECT 1", timeout: .milliseconds(20))
                        } else {
                            let task = Task { try await pool.query("SELECT 1") }
                            try? await Task.sleep(for: .milliseconds(number))
                            task.cancel()
                            _ = await task.result
                        }
                    }
                }
            }
            // They go by age or by hand; the next round begins with none.
            pool.recycle(.all)
        }
        line.proxy.change { $0.toClient.latency = .zero }
        #expect(
            try await eventually { pool.statistics.connecting == 0 && pool.statistics.total == pool.statistics.idle })
        #expect(try await eventually { try await line.sessions(observer) == pool.statistics.total })
        let now = pool.statistics
        #expect(now.connected == now.closed + UInt64(now.total) && now.connected > 0, "\(now)")
        await pool.shutdown()
        #expect(try await line.areGone(observer))
        line.proxy.stop()
        await observer.end()
    }
}
