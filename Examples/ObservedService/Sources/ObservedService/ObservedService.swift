import CoreMetrics
import Foundation
import Logging
import PoolingCore
import PoolingObservability
import PoolingSQL
import SQLiteDriver
import ServiceLifecycle

/// A small service whose pools can be looked at from outside.
///
///     FOLDER=/tmp/shop PORT=8080 swift run ObservedService
///     curl http://127.0.0.1:8080/metrics
@main struct ObservedService {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let logger = Logger(label: "ObservedService")

        // The backend. Whoever asks it for a scrape has the pools asked first.
        let prometheus = PrometheusFactory()
        MetricsSystem.bootstrap(prometheus)
        let metrics = MetricsObserver()

        let registry = PoolRegistry(observers: [metrics, LoggingObserver(logger), TracingObserver()])
        try registry.register("sqlite") { try SQLite(url: $0) }
        let folder = environment["FOLDER"] ?? "."
        try registry.define("orders", url: "sqlite:\(folder)/shop.db", configuration: .init(min: 1, max: 4))
        try registry.define("reports", url: "sqlite:\(folder)/shop.db", configuration: .init(max: 2))
        try registry.define("audit", url: "sqlite:\(folder)/audit.db", configuration: .init(min: 1, max: 1))

        let server = Server(port: UInt16(environment["PORT"] ?? "") ?? 8080, logger: logger) { path in
            switch path.first {
            case "metrics":
                metrics.refresh()
                return prometheus.text
            case "statistics": return registry.pools.map { "\($0.name): \($0.statistics.line)\n" }.joined()
            case "work": return try await work(on: registry.pool(named: path[1]))
            case "exhaust": return try await exhaust(registry.pool(named: path[1]))
            case "recycle":
                let pool: any ManagedPool = try registry.pool(named: path[1])
                pool.recycle(.all)
                return ""
            default: return nil
            }
        }
        // On SIGTERM they end in the reverse order: the pools after the last answer.
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: registry), .init(service: server)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    static func work(on pool: Pool<SQLite>) async throws -> String {
        try await pool.withConnection { connection in
            let rows = try await connection.query("SELECT 6 * 7")
            return "\(try rows[0].decode(Int.self))\n"
        }
    }

    /// With every connection on loan, one who is in a hurry gets none, and one who is patient gets the first that comes
    /// back.
    static func exhaust(_ pool: Pool<SQLite>) async throws -> String {
        var leases: [SharedLease<SQLite>] = []
        while leases.count < pool.configuration.max { leases.append(try await pool.lease().shared()) }
        async let patient: Void = pool.withConnection { _ in }
        while pool.statistics.waiting == 0 { try await Task.sleep(for: .milliseconds(1)) }
        var refusal = ""
        do { try await pool.withConnection(timeout: .milliseconds(5)) { _ in } } catch { refusal = "\(error)\n" }
        for lease in leases { lease.release() }
        try await patient
        return refusal
    }
}

extension PoolStatistics {
    /// For whoever compares it with the metrics.
    var line: String {
        """
        idle \(idle) leased \(leased) max \(max) acquired \(acquired) immediate \(acquiredImmediately) \
        released \(released) timedOut \(timedOut) connected \(connected) closed \(closed) \
        waited \(waitTime.sum / .seconds(1)) used \(useTime.sum / .seconds(1))
        """
    }
}
