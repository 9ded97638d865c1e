import CoreMetrics
import PoolingObservability
import Synchronization

/// A backend of swift-metrics that keeps numbers until somebody asks for them in Prometheus' text format.
///
/// Small on purpose: counters, meters and timers, which is what pools report. swift-prometheus has the rest.
final class PrometheusFactory: MetricsFactory {
    private let series = Mutex<[SeriesID: any Series]>([:])

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        handler(label, dimensions) { Total(id: $0) }
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        handler(label, dimensions) { Gauge(id: $0) }
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        handler(label, dimensions) { Histogram(id: $0) }
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance.makeRecorder(label: label, dimensions: dimensions, aggregate: aggregate)
    }

    /// The same again for the same name and attributes.
    private func handler<Handler: Series>(
        _ label: String, _ dimensions: [(String, String)], _ make: (SeriesID) -> Handler
    ) -> Handler {
        let id = SeriesID(label, dimensions)
        return series.withLock { series in
            if let known = series[id] as? Handler { return known }
            let new = make(id)
            series[id] = new
            return new
        }
    }

    func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }
    func destroyRecorder(_ handler: any RecorderHandler) {}

    private func destroy(_ handler: Any) {
        guard let gone = handler as? any Series else { return }
        _ = series.withLock { $0.removeValue(forKey: gone.id) }
    }

    /// One family after the other, each with its HELP, TYPE and UNIT.
    var text: String {
        let all = series.withLock { Array($0.values) }
        return Dictionary(grouping: all, by: \.id.label).sorted { $0.key < $1.key }
            .map { label, series in
                let family = Family(label, kind: series[0].kind)
                let samples = series.sorted { $0.id.labels < $1.id.labels }.flatMap { $0.samples(of: family) }
                return (family.head + samples).map { $0 + "\n" }.joined()
            }
            .joined()
    }
}

/// What tells one series from another.
struct SeriesID: Hashable {
    let label: String
    /// As the text format has them: `a="b",c="d"`.
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)]) {
        self.label = label
        labels = dimensions.sorted { $0.0 < $1.0 }.map { "\($0.0.sanitized)=\"\($0.1.escaped)\"" }.joined(
            separator: ",")
    }
}

protocol Series: AnyObject, Sendable {
    var id: SeriesID { get }
    var kind: String { get }
    func samples(of family: Family) -> [String]
}
