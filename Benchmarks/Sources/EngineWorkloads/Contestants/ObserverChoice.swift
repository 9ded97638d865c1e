internal import ArgumentParser
internal import Logging
internal import PoolingCore
internal import PoolingObservability

/// Who observes a pool, and how.
enum ObserverChoice: String, CaseIterable, ExpressibleByArgument {
    case none, idle, picky, metrics, exactMetrics, logsAtInfo, logsAtTrace, spans, everySpan, all

    var summary: String {
        switch self {
        case .none: "no observer"
        case .idle: "one that is told everything and does nothing"
        case .picky: "one that does without loans"
        case .metrics: "metrics"
        case .exactMetrics: "metrics, each loan timed"
        case .logsAtInfo: "logs at info"
        case .logsAtTrace: "logs at trace, to nowhere"
        case .spans: "spans, no tracer"
        case .everySpan: "spans of every acquire, no tracer"
        case .all: "metrics, logs at info and spans"
        }
    }

    var observers: [any PoolObserver] {
        switch self {
        case .none: []
        case .idle: [IdleObserver()]
        case .picky: [PickyObserver()]
        case .metrics: [MetricsObserver(factory: AddingBackend())]
        case .exactMetrics: [MetricsObserver(factory: AddingBackend(), loanTimes: .exact)]
        case .logsAtInfo: [LoggingObserver(Self.logger(.info))]
        case .logsAtTrace: [LoggingObserver(Self.logger(.trace))]
        case .spans: [TracingObserver()]
        case .everySpan: [TracingObserver(everyAcquire: true)]
        case .all: Self.metrics.observers + Self.logsAtInfo.observers + Self.spans.observers
        }
    }

    private static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "benchmark") { _ in Nowhere() }
        logger.logLevel = level
        return logger
    }
}

/// Is told what happens rarely.
struct PickyObserver: PoolObserver {
    var interests: PoolEventKinds { [.acquires, .connections, .pool] }
    func observe(_ event: PoolEvent, in pool: PoolIdentity) {}
}

/// Takes lines and forgets them; unlike swift-log's own, at every level.
private struct Nowhere: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {}
}
