import PoolingCore
import Testing

/// Driver calls that end after they were given up on.
@Suite struct LateCallTests {
    @Test func `F62: a connection that opens after shutdown has ended is closed`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { _ in await gate.wait() }))
        let pool = try Pool(driver, configuration: .init(min: 1, max: 1), observers: [log])
        await log.wait(for: 1, \.isConnectStarted)
        #expect(await pool.shutdown(within: .zero).abandoned == 1)
        gate.open()
        #expect(await becomes { driver.books.value.closed.count == 1 }, "its connection stays open for ever")
        #expect(driver.books.value.open.isEmpty)
        #expect(await becomes { pool.statistics.abandoned == 0 })
        #expect(pool.statistics.total == 0)
    }

    @Test func `F14: a connection that opens after its deadline is closed and never lent`() async throws {
        let log = EventLog()
        let gate = Gate()
        let driver = ScriptedDriver(.init(connect: { if $0 == 1 { await gate.wait() } }))
        let pool = try Pool(
            driver,
            configuration: .init(max: 1, connectTimeout: .milliseconds(5), backoff: .init(initial: .milliseconds(1))),
            observers: [log])
        #expect(try await pool.withConnection { $0.number } == 2)
        gate.open()
        #expect(await becomes { driver.books.value.closed.map(\.number) == [1] })
        #expect(driver.books.value.closed.first?.reason == .late)
        #expect(await becomes { pool.statistics.abandoned == 0 })
        #expect(pool.statistics.connected == 1 && pool.statistics.idle == 1)
        #expect(await pool.shutdown().isClean)
    }
}
