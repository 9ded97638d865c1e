internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit
internal import Testing

/// Statements that are stopped, and the ones that follow them (F12).
package enum StoppedStatements<Driver: TestedDriver> {
    /// On a line where nothing new gets in for a while: the request to stop, which needs a session of its own, is late.
    package static func lateRequest() async throws {
        let (line, observer) = (try await Driver.proxied("late_request"), try Observer<Driver>())
        var driver = line.driver
        driver.cancelTimeout = .seconds(25)
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let session = try await pool.withConnection { try await $0.int(Driver.ownSession) }
        // What is open goes on; the request does not get in.
        line.proxy.change { $0.isDeaf = true }
        let task = Task { try await pool.query(Driver.sleep(0.3)) }
        #expect(try await eventually { try await observer.isActive(session) })
        task.cancel()
        #expect(try await eventually { try await !observer.isActive(session) })
        let next = Task { try await pool.query(Driver.sleep(4)) }
        // It has to wait for what is on its way.
        #expect(
            try await eventually {
                if pool.statistics.waiting == 1 { return true }
                return try await observer.isActive(session)
            })
        line.proxy.change { $0.isDeaf = false }
        #expect(try await next.value.first?.decode(0, as: Int.self) == 0)
        _ = await task.result
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
        line.proxy.stop()
        await observer.end()
    }

    /// On a line where answers take their time: the request comes when the statement is long over.
    package static func overAlready() async throws {
        let line = try await Driver.proxied("over_already")
        var driver = line.driver
        driver.cancelTimeout = .seconds(25)
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        _ = try await pool.query("SELECT 7")
        for _ in 0..<5 {
            line.proxy.change { $0.toClient.latency = .milliseconds(100) }
            let before = line.proxy.counters
            let task = Task { try await pool.query("SELECT 7") }
            #expect(try await eventually { line.proxy.counters.bytesToServer > before.bytesToServer })
            task.cancel()
            _ = await task.result
            // It took a connection of its own.
            #expect(line.proxy.counters.accepted > before.accepted)
            line.proxy.change { $0.toClient.latency = .zero }
            #expect(try await pool.query(Driver.sleep(0.05)).first?.decode(0, as: Int.self) == 0)
        }
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
        line.proxy.stop()
    }

    /// Many at once for one connection: half of them are cancelled at some moment, and the others follow them.
    package static func crowd() async throws {
        var driver = Driver.observing
        driver.cancelTimeout = .seconds(20)
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        var generator = SystemRandomNumberGenerator()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let pause = Int.random(in: 0...400, using: &generator)
                group.addTask {
                    let task = Task { try await pool.query(Driver.sleep(0.002)).first?.decode(0, as: Int.self) }
                    if number % 2 == 0 {
                        try? await Task.sleep(for: .milliseconds(pause))
                        task.cancel()
                    }
                    do {
                        let answer = try await task.value
                        #expect(answer == 0)
                    } catch {
                        #expect(error is CancellationError && number % 2 == 0, "\(error)")
                    }
                }
            }
        }
        #expect(pool.statistics.connected == 1 && pool.statistics.cancelled < 100, "\(pool.statistics)")
        await pool.shutdown()
    }

    /// On a path that is lost: the connection is closed in the request's time, and not in the pool's.
    package static func closedWithoutAnswer() async throws {
        let line = try await Driver.proxied("unstoppable")
        var driver = line.driver
        driver.cancelTimeout = .milliseconds(200)
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        #expect(try await handle.int("SELECT 7") == 7)
        line.proxy.change { $0.isBlackhole = true }
        let error = try await sqlError { try await handle.until(.now + .milliseconds(100)).query("SELECT 1") }
        #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
        driver.reclaim(connection, loan: .first)
        let began = ContinuousClock.now
        await driver.close(connection, reason: .broken, deadline: .now + .seconds(30))
        #expect(began.duration(to: .now) < .seconds(10))
        line.proxy.stop()
    }
}
