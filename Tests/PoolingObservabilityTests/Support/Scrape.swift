import CoreMetrics
import MetricsTestKit
import PoolingCore
import PoolingObservability

/// What a backend knows.
extension TestMetrics {
    /// nil: there is no such series.
    func gauge(_ metric: PoolMetric, _ pool: String? = "p", state: String? = nil) -> Int? {
        meters(label: metric.name, dimensions: dimensions(pool, PoolMetric.stateAttribute, state)).first?.lastValue
            .map { Int($0) }
    }

    /// nil: there is no such series.
    func count(_ metric: PoolMetric, _ pool: String? = "p", outcome: String? = nil, reason: String? = nil) -> Int? {
        let attribute = outcome == nil ? PoolMetric.reasonAttribute : PoolMetric.outcomeAttribute
        return counters(label: metric.name, dimensions: dimensions(pool, attribute, outcome ?? reason)).first
            .map { Int($0.totalValue) }
    }

    /// In nanoseconds. nil: there is no such series.
    func times(_ metric: PoolMetric, _ pool: String? = "p") -> [Int64]? {
        timers(label: metric.name, dimensions: dimensions(pool, "", nil)).first?.values
    }

    private func dimensions(_ pool: String?, _ attribute: String, _ value: String?) -> [(String, String)] {
        (pool.map { [(PoolMetric.poolNameAttribute, $0)] } ?? []) + (value.map { [(attribute, $0)] } ?? [])
    }

    /// Every series that there is, as text.
    var series: Set<String> {
        func line(_ label: String, _ dimensions: [(String, String)]) -> String {
            "\(label) \(dimensions.map { "\($0.0)=\($0.1)" }.sorted())"
        }
        return Set(
            meters.map { line($0.label, $0.dimensions) } + counters.map { line($0.label, $0.dimensions) }
                + timers.map { line($0.label, $0.dimensions) })
    }
}
