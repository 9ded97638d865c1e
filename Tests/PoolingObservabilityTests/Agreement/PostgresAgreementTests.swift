import MetricsTestKit
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import PoolingObservability

@Suite struct PostgresAgreementTests {
    /// Sessions of this role only, of which the server allows three.
    private static let role = "metrics_agreement"

    private func sessions(_ server: PostgresServer) async throws -> Int {
        let rows = try await server.psql("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(Self.role)'")
        return Int(rows.first ?? "") ?? -1
    }

    @Test func `the metrics of a run agree with the statistics and with the server's sessions`() async throws {
        let server = try await PostgresServer.shared
        try await server.psql(
            """
            DROP ROLE IF EXISTS \(Self.role);
            CREATE ROLE \(Self.role) LOGIN PASSWORD 'agreement-canary' CONNECTION LIMIT 3
            """)
        let url =
            "postgres://\(Self.role):agreement-canary@127.0.0.1:\(server.port)/\(PostgresServer.database)?sslmode=disable"
        let backend = TestMetrics()
        let metrics = MetricsObserver(factory: backend)
        // The fourth connection is the one that the server refuses.
        let pool = try Pool(
            Postgres(url: url), name: "p", configuration: .init(min: 3, max: 4, acquireTimeout: .seconds(60)),
            observers: [metrics])
        try await pool.warmUp()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<50 {
                        let rows = try await pool.query("SELECT \(task * 50 + number)::int")
                        #expect(try rows.first?.decode(Int.self) == task * 50 + number)
                    }
                }
            }
            group.addTask { for _ in 0..<100 { metrics.refresh() } }
            try await group.waitForAll()
        }
        try await becomes { pool.statistics.idle == 3 }
        // All on loan: one more is asked for in vain, and whoever waits gives up.
        let leases = [
            try await pool.lease().shared(), try await pool.lease().shared(), try await pool.lease().shared(),
        ]
        let patient = Task { try await pool.withConnection(timeout: .seconds(60)) { _ in } }
        let impatient = Task { try await pool.withConnection(timeout: .milliseconds(50)) { _ in } }
        let cancelled = (0..<5).map { _ in Task { try await pool.withConnection(timeout: .seconds(60)) { _ in } } }
        try await becomes { pool.statistics.connectFailed > 0 && pool.statistics.timedOut == 1 }
        for task in cancelled { task.cancel() }
        for task in cancelled { await #expect(throws: CancellationError.self) { try await task.value } }
        await #expect(throws: PoolError.self) { try await impatient.value }
        metrics.refresh()
        #expect(backend.gauge(.count, state: "used") == 3)
        #expect(backend.gauge(.pendingRequests) == 1)
        for lease in leases { lease.release() }
        try await patient.value
        try await becomes { pool.statistics.idle == 3 && pool.statistics.total == 3 }

        metrics.refresh()
        let s = pool.statistics
        #expect(backend.gauge(.count, state: "idle") == 3)
        #expect(try await sessions(server) == 3)
        agree(backend, s)
        #expect(s.acquired >= 404)
        #expect(s.connectFailed > 0 && s.timedOut == 1 && s.cancelled == 5)

        await pool.shutdown()
        metrics.refresh()
        #expect(try await eventually { try await sessions(server) == 0 })
        let states = ["idle", "used", "connecting", "checking", "resetting", "closing"]
        #expect(states.allSatisfy { backend.gauge(.count, state: $0) == 0 })
        #expect(backend.count(.closed, reason: "shutdown") == 3)
        agree(backend, pool.statistics)
        #expect(backend.series.allSatisfy { !$0.contains("canary") && !$0.contains("postgres://") })
        try await server.psql("DROP ROLE \(Self.role)")
    }

    private func agree(_ backend: TestMetrics, _ s: PoolStatistics) {
        let counted: [(String, Int?, UInt64)] = [
            ("immediate", backend.count(.acquires, outcome: "immediate"), s.acquiredImmediately),
            ("waited", backend.count(.acquires, outcome: "waited"), s.acquired - s.acquiredImmediately),
            ("timed out", backend.count(.acquires, outcome: "timed_out"), s.timedOut),
            ("timeouts", backend.count(.timeouts), s.timedOut),
            ("cancelled", backend.count(.acquires, outcome: "cancelled"), s.cancelled),
            ("connect failures", backend.count(.connectFailures), s.connectFailed),
            ("validation failures", backend.count(.validationFailures), s.validationFailed),
            ("leaks", backend.count(.leaks), s.leaked),
            ("connects", backend.times(.createTime)?.count, s.connected),
            ("waits", backend.times(.waitTime)?.count, s.acquired),
            ("uses", backend.times(.useTime)?.count, s.released),
        ]
        for (name, told, counted) in counted { #expect(told == Int(counted), "\(name)") }
        for reason in CloseReason.all {
            let told = backend.count(.closed, reason: "\(reason)".snakeCased) ?? 0
            #expect(told == Int(s.closed(reason)), "closed: \(reason)")
        }
        let waited = Double(backend.times(.waitTime)?.reduce(0, +) ?? 0)
        let expected = s.waitTime.sum / .nanoseconds(1)
        #expect(abs(waited - expected) <= expected * 0.01, "waits are exact")
    }
}
