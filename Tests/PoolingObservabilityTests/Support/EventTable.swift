import CoreMetrics
import Logging
import MetricsTestKit
import PoolingCore
import Testing

/// What an event becomes. The table in the article "Read the metrics" is made of these rows.
struct EventRow: Sendable, CustomTestStringConvertible {
    let name: String
    let event: PoolEvent
    /// What it adds to, beside what is read from the statistics.
    let metrics: [String]
    let span: String?
    let level: Logger.Level

    init(_ name: String, _ event: PoolEvent, _ metrics: [String], _ span: String?, _ level: Logger.Level) {
        (self.name, self.event, self.metrics, self.span, self.level) = (name, event, metrics, span, level)
    }

    var testDescription: String { name }

    /// Its line in the article.
    var line: String {
        func code(_ texts: [String]) -> String { texts.isEmpty ? "-" : texts.map { "`\($0)`" }.joined(separator: ", ") }
        return "| `\(name)` | \(code(metrics)) | \(code(span.map { [$0] } ?? [])) | \(level) |"
    }

    static let clean = ShutdownReport()
    static let forced: ShutdownReport = {
        var report = ShutdownReport()
        report.loansForced = 1
        return report
    }()

    private static let id = ConnectionID(rawValue: 7)
    private static let error = StageFailure()
    private static let second = Duration.seconds(1)

    static let all: [EventRow] = [
        EventRow(
            "acquireGranted", .acquireGranted(id, waited: second),
            ["db.client.connection.wait_time", "pooling.acquires{waited}"], "pool.acquire", .trace),
        EventRow(
            "acquireTimedOut", .acquireTimedOut(waited: second),
            ["db.client.connection.timeouts", "pooling.acquires{timed_out}"], "pool.acquire", .warning),
        EventRow(
            "acquireCancelled", .acquireCancelled(waited: second), ["pooling.acquires{cancelled}"], "pool.acquire",
            .debug),
        EventRow(
            "acquireRejected", .acquireRejected(.queueFull), ["pooling.acquires{queue_full}"], "pool.acquire", .warning),
        EventRow("acquireWaited", .acquireWaited(waiting: 3), [], nil, .trace),
        EventRow("released", .released(id, used: second), ["db.client.connection.use_time"], nil, .trace),
        EventRow("connectStarted", .connectStarted(id), [], nil, .debug),
        EventRow(
            "connectSucceeded", .connectSucceeded(id, took: second), ["db.client.connection.create_time"],
            "pool.connect",
            .debug),
        EventRow(
            "connectFailed", .connectFailed(id, error, took: second), ["pooling.connection.connect_failures"],
            "pool.connect", .warning),
        EventRow("validated", .validated(id), [], nil, .trace),
        EventRow(
            "validationFailed", .validationFailed(id, error), ["pooling.connection.validation_failures"], nil, .info),
        EventRow("reset", .reset(id), [], nil, .trace),
        EventRow("resetFailed", .resetFailed(id, error), [], nil, .warning),
        EventRow("prepareFailed", .prepareFailed(id, error), [], nil, .warning),
        EventRow("closed", .closed(id, .idle, age: second), ["pooling.connection.closed{idle}"], nil, .debug),
        EventRow("detached", .detached(id), [], nil, .debug),
        EventRow("abandoned", .abandoned(id), [], nil, .warning),
        EventRow("leakSuspected", .leakSuspected(id, age: second, site: nil), ["pooling.leaks"], nil, .warning),
        EventRow("resized", .resized(min: 1, max: 2), [], nil, .info),
        EventRow("suspended", .suspended, [], nil, .notice),
        EventRow("resumed", .resumed, [], nil, .notice),
        EventRow("outageBegan", .outageBegan, [], nil, .error),
        EventRow("outageEnded", .outageEnded, [], nil, .notice),
        EventRow("shutdownBegan", .shutdownBegan, [], nil, .info),
        EventRow("shutdownEnded", .shutdownEnded(clean), [], nil, .info),
        EventRow("dropped", .dropped, [], nil, .warning),
    ]
}

extension TestMetrics {
    /// What has been told of more than nothing, as a row has it.
    var moved: Set<String> {
        func name(_ label: String, _ dimensions: [(String, String)]) -> String {
            let own = dimensions.filter { $0.0.hasPrefix("pooling.") }.map(\.1)
            return own.isEmpty ? label : "\(label){\(own.joined(separator: ","))}"
        }
        return Set(
            counters.filter { $0.totalValue > 0 }.map { name($0.label, $0.dimensions) }
                + timers.filter { !$0.values.isEmpty }.map { name($0.label, $0.dimensions) })
    }
}
