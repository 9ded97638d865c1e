import PoolingCore
import Testing

@Suite struct ShutdownTests {
    @Test func `shutdown refuses those who wait and those who come, and lets loans end`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, name: "p", configuration: .init(max: 1), observers: [log])
        let lease = try await pool.lease()
        let before = log.count(\.isWaiting)
        let waiting = Task { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        let ending = Task { await pool.shutdown(within: .seconds(30)) }
        let error = await #expect(throws: PoolError.self) { try await waiting.value }
        #expect(error?.code == .shutDown)
        await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(driver.books.change { $0.closed.isEmpty })
        lease.release()
        let report = await ending.value
        #expect(report.isClean && report.waitersRefused == 1 && report.closed == 1)
        #expect(pool.statistics.total == 0)
    }

    // How soon after the deadline is for the simulation to say, whose clock no other test holds up: here the deadline
    // alone ends what would last for ever, and another one that is far away ends nothing meanwhile.
    @Test(.timeLimit(.minutes(1)))
    func `F61: at the deadline a loan's connection is closed under it, and the handle refuses`() async throws {
        let (log, patientDriver) = (EventLog(), ScriptedDriver())
        let patient = try Pool(patientDriver, configuration: .init(max: 1), observers: [log])
        let kept = try await patient.lease()
        let ending = Task { await patient.shutdown(within: .seconds(3600)) }
        await log.wait { if case .shutdownBegan = $0 { true } else { false } }

        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 1))
        let lease = try await pool.lease()
        let report = await pool.shutdown(within: .milliseconds(50))
        #expect(report.loansForced == 1 && !report.isClean)
        #expect(driver.books.change { $0.open.isEmpty })
        lease.release()
        #expect(pool.statistics.total == 0)
        #expect(driver.books.change { $0.closed.count } == 1)

        let gated = try Pool(GatedDriver(), configuration: .init(max: 1))
        let forced = try await gated.lease()
        try await forced.connection.use {}
        #expect(await gated.shutdown(within: .milliseconds(50)).loansForced == 1)
        let handle = forced.connection
        let refusal = await #expect(throws: PoolError.self) { try await handle.use {} }
        #expect(refusal?.code == .loanEnded)
        forced.release()

        #expect(patientDriver.books.change { $0.closed.isEmpty })
        kept.release()
        #expect(await ending.value.isClean)
    }

    @Test func `F61: an acquire that was served, and meets the deadline before it runs, is refused`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 1), observers: [log])
        let holder = try await pool.lease()
        let executor = BlockingExecutor(name: "late", threads: 1)
        let before = log.count(\.isWaiting)
        let waiting = Task(executorPreference: executor) { try await pool.withConnection { _ in } }
        await log.wait(for: before + 1, \.isWaiting)
        let gate = ThreadGate()
        let isBusy = Gate()
        let busy = Task {
            try await executor.run {
                isBusy.open()
                gate.wait()
            }
        }
        await isBusy.wait()
        holder.release()
        let report = await pool.shutdown(within: .zero)
        #expect(report.loansForced == 1)
        gate.open()
        try await busy.value
        let error = await #expect(throws: PoolError.self) { try await waiting.value }
        #expect(error?.code == .shutDown)
        #expect(driver.books.change { $0.closed.count } == 1)
    }

    @Test func `F62: a connect that ends after shutdown is closed, not kept`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { _ in await gate.wait() }))
        let pool = try Pool(driver, configuration: .init(min: 1, max: 2), observers: [log])
        await log.wait(for: 1, \.isConnectStarted)
        let report = await pool.shutdown(within: .milliseconds(20))
        #expect(report.connectsCancelled == 1 && report.abandoned == 1)
        gate.open()
        while driver.books.change({ $0.closed.isEmpty }) { await Task.yield() }
        #expect(driver.books.change { $0.open.isEmpty && $0.closed.first?.reason == .shutdown })
        while pool.statistics.abandoned > 0 { await Task.yield() }
        #expect(pool.statistics.total == 0)
    }

    @Test func `concurrent and repeated shutdowns agree`() async throws {
        let pool = try Pool(ScriptedDriver(), configuration: .init(min: 3, max: 3))
        try await pool.warmUp()
        let reports = await withTaskGroup(of: ShutdownReport.self) { group in
            for _ in 0..<10 { group.addTask { await pool.shutdown() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let again = await pool.shutdown()
        #expect(Set(reports + [again]).count == 1)
        #expect(again.closed == 3 && again.isClean)
    }

    @Test func `a close that never ends does not hold shutdown up`() async throws {
        let gate = Gate()
        let pool = try Pool(
            ScriptedDriver(.init(close: { _ in await gate.wait() })), configuration: .init(min: 1, max: 1))
        try await pool.warmUp()
        let report = await pool.shutdown(within: .milliseconds(30))
        #expect(report.abandoned == 1 && !report.isClean)
        gate.open()
        while pool.statistics.abandoned > 0 { await Task.yield() }
    }

    @Test func `a pool that is let go of closes in the background`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        do {
            let pool = try Pool(driver, configuration: .init(min: 2, max: 2), observers: [log])
            try await pool.warmUp()
        }
        await log.wait(for: 2) { $0.isClosed(.shutdown) }
        #expect(log.count { if case .dropped = $0 { true } else { false } } == 1)
        while driver.books.change({ !$0.open.isEmpty }) { await Task.yield() }
    }

    @Test func `every acquire, connect and close is told once`() async throws {
        let log = EventLog()
        let driver = ScriptedDriver()
        let pool = try Pool(driver, configuration: .init(max: 3), observers: [log])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<30 { group.addTask { _ = try? await pool.withConnection { _ in await Task.yield() } } }
        }
        let report = await pool.shutdown()
        let granted = log.count { if case .acquireGranted = $0 { true } else { false } }
        let released = log.count { if case .released = $0 { true } else { false } }
        #expect(granted == 30 && released == 30)
        #expect(log.count(\.isConnected) == driver.books.change { $0.connected })
        #expect(log.count { $0.isClosed(.shutdown) } == report.closed)
        let s = pool.statistics
        #expect(s.connected == s.closed)
        #expect(s.useTime.count == 30)
    }
}
