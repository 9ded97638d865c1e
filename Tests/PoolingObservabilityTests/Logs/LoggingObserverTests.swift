import InMemoryLogging
import Logging
import PoolingCore
import Synchronization
import Testing

@testable import PoolingObservability

@Suite struct LoggingObserverTests {
    let handler = InMemoryLogHandler()

    private func logger(_ level: Logger.Level = .debug) -> Logger {
        Logger(label: "test") { [handler] _ in
            var handler = handler
            handler.logLevel = level
            return handler
        }
    }

    private func entries(_ message: Logger.Message) -> [InMemoryLogHandler.Entry] {
        handler.entries.filter { $0.message == message }
    }

    /// With a clock that the test sets.
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { instant.withLock { $0 } }
        func advance(by duration: Duration) { instant.withLock { $0 += duration } }
    }

    private let identity = PoolIdentity(name: "p", number: 1)

    @Test func `the life of a pool is told with its name and what there is to know`() async throws {
        let pool = try Pool(
            StageDriver(), name: "orders", configuration: .init(max: 1), observers: [LoggingObserver(logger())])
        try await pool.withConnection { _ in }
        try pool.resize(min: 0, max: 3)
        await pool.shutdown()
        #expect(handler.entries.allSatisfy { $0.metadata["pool"] == "orders" })
        let open = try #require(entries("a connection is open").first)
        #expect(open.level == .debug)
        #expect(Set(open.metadata.keys) == ["pool", "connection", "took_s"])
        #expect(entries("the pool has other sizes").first?.metadata["max"] == "3")
        #expect(entries("a connection is closed").first?.metadata["reason"] == "shutdown")
        #expect(entries("the pool has shut down").first?.metadata["closed"] == "1")
    }

    @Test func `a leak names the place`() async throws {
        let pool = try Pool(
            StageDriver(), configuration: .init(max: 1, leakThreshold: .milliseconds(5)),
            observers: [LoggingObserver(logger())])
        let lease = try await pool.lease(fileID: "Shop/Checkout.swift", line: 42)
        try await becomes { !entries("a connection has been on loan for longer than leakThreshold").isEmpty }
        let entry = entries("a connection has been on loan for longer than leakThreshold")[0]
        #expect(entry.level == .warning)
        #expect(entry.metadata["lent_at"] == "Shop/Checkout.swift:42")
        lease.release()
        await pool.shutdown()
    }

    @Test func `failed connects of an outage are no flood, and how many there were is told`() throws {
        let clock = Clock()
        let log = PoolLog(logger(), of: identity, interval: .seconds(10)) { clock.now }
        let failed = PoolEvent.connectFailed(ConnectionID(rawValue: 1), StageFailure(), took: .zero)
        log.observe(failed, in: identity)
        log.observe(.outageBegan, in: identity)
        for _ in 0..<99 {
            clock.advance(by: .milliseconds(100))
            log.observe(failed, in: identity)
        }
        #expect(entries("a connect failed").count == 1)
        clock.advance(by: .milliseconds(100))
        log.observe(failed, in: identity)
        for _ in 0..<5 { log.observe(failed, in: identity) }
        log.observe(.outageEnded, in: identity)
        #expect(entries("a connect failed").map { $0.metadata["suppressed"] } == [nil, "99"])
        #expect(entries("a connect failed").allSatisfy { $0.metadata["error"] == "the stage server said no" })
        #expect(entries("the outage is over").map { $0.metadata["suppressed"] } == ["5"])
        // The next outage is told at once.
        log.observe(failed, in: identity)
        #expect(entries("a connect failed").count == 3)
    }

    @Test func `timeouts and refusals are held back each on their own, for each pool on its own`() {
        let clock = Clock()
        let log = PoolLog(logger(), of: identity, interval: .seconds(10)) { clock.now }
        let other = PoolLog(logger(), of: PoolIdentity(name: "q", number: 2), interval: .seconds(10)) { clock.now }
        for _ in 0..<100 {
            log.observe(.acquireTimedOut(waited: .seconds(1)), in: identity)
            log.observe(.acquireRejected(.connectFailed), in: identity)
            other.observe(.acquireTimedOut(waited: .seconds(1)), in: identity)
        }
        #expect(entries("an acquire timed out").map { $0.metadata["pool"] } == ["p", "q"])
        #expect(entries("an acquire was refused").map { $0.metadata["code"] } == ["connectFailed"])
    }

    @Test func `what is not logged is not held back, and costs no loan anything`() {
        let quiet = LoggingObserver(logger(.error)).observer(of: identity)
        for _ in 0..<3 { quiet.observe(.acquireTimedOut(waited: .seconds(1)), in: identity) }
        #expect(handler.entries.isEmpty)
        #expect(!LoggingObserver(logger(.debug)).observer(of: identity).interests.contains(.loans))
        #expect(LoggingObserver(logger(.trace)).observer(of: identity).interests == .all)
    }

    @Test func `F63: no secret of a driver's URL reaches a line, a span or a metric`() async throws {
        // The observers add nothing of their own to what a driver says: here, nothing but the error's description.
        struct Secretive: Error, CustomStringConvertible {
            let password = "canary-7d1f"
            var description: String { "login failed" }
        }
        let pool = try Pool(
            StageDriver { throw Secretive() }, name: "p", configuration: .init(max: 1),
            observers: [LoggingObserver(logger(.trace))])
        await #expect(throws: PoolError.self) { try await pool.withConnection(timeout: .milliseconds(20)) { _ in } }
        await pool.shutdown()
        #expect(entries("a connect failed").first?.metadata["error"] == "login failed")
        #expect(handler.entries.allSatisfy { !"\($0.metadata) \(String(reflecting: $0.error))".contains("canary") })
    }
}
