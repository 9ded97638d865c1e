import PoolingCore
import PoolingObservability
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

// The samples of the documentation.

struct Printer: PoolObserver {
    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        if case .closed(let connection, let reason, let age) = event {
            print("\(pool.name) closed \(connection), \(age) old: \(reason)")
        }
    }
}

struct OutageBell: PoolObserver {
    var interests: PoolEventKinds { .pool }
    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        if case .outageBegan = event { ring(pool.name) }
    }
}

private func ring(_ pool: String) { Issue.record("\(pool) has no outage here") }

final class Longest: PoolObserver {
    let interests: PoolEventKinds = .acquires
    private let longest = Mutex(Duration.zero)

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        if case .acquireGranted(_, let waited) = event { longest.withLock { $0 = max($0, waited) } }
    }
}

struct LongestOfEach: PoolObserver {
    func observer(of pool: PoolIdentity) -> any PoolObserver { Longest() }
    func observe(_ event: PoolEvent, in pool: PoolIdentity) {}
}

@Suite struct SampleTests {
    @Test func `the samples observe a pool`() async throws {
        let metrics = MetricsObserver { pool in [("tenant.class", pool.name.hasPrefix("free-") ? "free" : "paid")] }
        let pool = try Pool(
            SQLite(path: ":memory:"), configuration: .init(max: 1),
            observers: [metrics, Printer(), OutageBell(), LongestOfEach()])
        _ = try await pool.withConnection { try await $0.query("SELECT 1") }
        metrics.refresh()
        #expect(await pool.shutdown().isClean)
    }
}
