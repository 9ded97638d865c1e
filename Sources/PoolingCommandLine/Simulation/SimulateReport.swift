internal import Histogram
internal import PoolingCore
internal import PoolingTestKit

/// The result of `pooling simulate` as JSON, schema 1.
struct SimulateReport: Codable, Sendable, Equatable {
    var schema = 1
    /// By name, in the file that it is from.
    var pool: String?
    var rate: Double
    var instances: Int
    var service: String
    var connect: String
    var duration: Double
    var runs: [Run] = []
    var recommendation: Advice?

    enum CodingKeys: String, CodingKey {
        case schema, pool, instances, service, connect, runs, recommendation
        case rate = "rate_per_s"
        case duration = "duration_s"
    }

    struct Run: Codable, Sendable, Equatable {
        var min: Int
        var max: Int
        var requests: Int
        var served: Int
        var servedAtOnce: Int
        var timedOut: Int
        var rejected: Int
        var broken: Int
        /// Microseconds, of those that were served.
        var wait: BenchReport.Distribution
        var connects: Int
        var connectsFailed: Int
        var peakSessions: Int
        var sessionsAtEnd: Int
        var peakPerInstance: Int
        var peakWaiting: Int
        var utilization: Double
        var recovery: Double?
        var lastRecovery: Double?
        /// Instances that were asked after the outage and had served nobody when the time was up.
        var neverRecovered: Int?

        enum CodingKeys: String, CodingKey {
            case min, max, requests, served, rejected, broken, connects, utilization
            case servedAtOnce = "served_at_once"
            case timedOut = "timed_out"
            case wait = "wait_us"
            case connectsFailed = "connects_failed"
            case peakSessions = "peak_sessions"
            case sessionsAtEnd = "sessions_at_end"
            case peakPerInstance = "peak_per_instance"
            case peakWaiting = "peak_waiting"
            case recovery = "recovery_us"
            case lastRecovery = "last_recovery_us"
            case neverRecovered = "never_recovered"
        }
    }

    struct Advice: Codable, Sendable, Equatable {
        var min: Int
        var max: Int
        var reason: String
    }

    init(_ request: SimulateRequest) {
        rate = request.scripts.first?.rate ?? 0
        instances = request.scripts.first?.instances ?? 0
        pool = request.pool
        (service, connect) = (request.service, request.connect)
        duration = Double(request.scripts.first?.duration ?? 0) / 1e9
        for script in request.scripts {
            var waits = Histogram<UInt32>(highestTrackableValue: ClientRecord.longest)
            let found = Forecast.run(script) { waits.record(Swift.min(UInt64(Swift.max($0, 0)), ClientRecord.longest)) }
            runs.append(Run(script, found, waits))
        }
        recommendation = Advice(self, request)
    }
}

extension SimulateReport.Run {
    init(_ script: ForecastScript, _ found: ForecastReport, _ waits: Histogram<UInt32>) {
        min = script.configuration.min
        max = script.configuration.max
        requests = found.requests
        served = found.served
        servedAtOnce = found.servedAtOnce
        timedOut = found.timedOut
        rejected = found.rejected
        broken = found.broken
        wait = BenchReport.Distribution([waits])
        connects = found.connects
        connectsFailed = found.connectsFailed
        peakSessions = found.peakSessions
        sessionsAtEnd = found.sessionsAtEnd
        peakPerInstance = found.peakPerInstance
        peakWaiting = found.peakWaiting
        utilization = ReportNumber.rounded(found.utilization)
        recovery = found.recovery.map { ReportNumber.rounded(Double($0) / 1e3) }
        lastRecovery = found.lastRecovery.map { ReportNumber.rounded(Double($0) / 1e3) }
        neverRecovered = script.outage == nil ? nil : found.neverRecovered
    }

    /// Nobody went away without a connection.
    var servesAll: Bool { timedOut == 0 && rejected == 0 }
}

extension SimulateReport.Advice {
    /// The smallest pool in which nobody is refused, and hardly anybody waits for longer than the work itself takes.
    init?(_ report: SimulateReport, _ request: SimulateRequest) {
        guard report.runs.count > 1, let script = request.scripts.first else { return nil }
        let service = script.service.mean
        let goal = service / 1e3
        let good = report.runs.first {
            $0.servesAll && $0.wait.p99 <= goal && Double($0.served) >= 0.99 * Double($0.requests) && $0.served > 0
        }
        let best = report.runs.min { a, b in
            (a.requests - a.served, a.wait.p99) < (b.requests - b.served, b.wait.p99)
        }
        guard let chosen = good ?? best else { return nil }
        max = chosen.max
        let perInstance = script.rate / Double(script.instances)
        let busy = perInstance * service / 1e9
        min = Int(Swift.min(Double(max), busy.rounded(.up)))
        let wait = ReportNumber.time(microseconds: chosen.wait.p99)
        let mean = ReportNumber.time(microseconds: goal)
        var reason =
            good == nil
            ? "none of these sizes keeps the wait at p99 below the mean service time (\(mean)) and refuses nobody; this one "
                + "comes nearest, with \(wait) and \(chosen.timedOut + chosen.rejected) refused"
            : "the smallest that refuses nobody and whose wait at p99 (\(wait)) does not exceed the mean service time (\(mean))"
        let work =
            "the work keeps \(ReportNumber.threeDigits(Swift.min(busy, 1e9))) connections of each pool busy on average"
        reason += busy > Double(max) ? "; \(work), more than there are" : "; \(work), which min keeps open"
        if let limit = script.serverLimit, max * script.instances > limit {
            reason += "; \(script.instances) pools of \(max) could want more than the server's \(limit)"
        }
        self.reason = reason
    }
}
