import CoreMetrics
import PoolingObservability
import Synchronization

/// Never goes back.
final class Total: Series, CounterHandler {
    let id: SeriesID
    let kind = "counter"
    private let value = Atomic<Int64>(0)

    init(id: SeriesID) { self.id = id }

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    func samples(of family: Family) -> [String] { [family.sample("", id.labels, "\(value.load(ordering: .relaxed))")] }
}

/// Goes up and down.
final class Gauge: Series, MeterHandler {
    let id: SeriesID
    let kind = "gauge"
    private let value = Mutex(0.0)

    init(id: SeriesID) { self.id = id }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func samples(of family: Family) -> [String] { [family.sample("", id.labels, "\(value.withLock { $0 })")] }
}

/// Durations in buckets. Told in nanoseconds, shown in seconds.
final class Histogram: Series, WeightedTimerHandler {
    private struct State {
        var counts = [UInt64](repeating: 0, count: Histogram.bounds.count + 1)
        var sum = 0.0
    }

    /// In seconds, from a tenth of a millisecond to ten seconds; the last bucket has no bound.
    private static let bounds = [
        0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    let id: SeriesID
    let kind = "histogram"
    private let state = Mutex(State())

    init(id: SeriesID) { self.id = id }

    func recordNanoseconds(_ duration: Int64) { recordNanoseconds(duration, times: 1) }

    /// The same duration many times at once: what pools have counted since the last scrape.
    func recordNanoseconds(_ duration: Int64, times: Int64) {
        let seconds = Double(duration) / 1e9
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock {
            $0.counts[bucket] += UInt64(max(0, times))
            $0.sum += seconds * Double(times)
        }
    }

    func samples(of family: Family) -> [String] {
        let state = state.withLock { $0 }
        let comma = id.labels.isEmpty ? "" : ","
        var total: UInt64 = 0
        var lines: [String] = []
        for (bucket, count) in state.counts.enumerated() {
            total += count
            let bound = bucket < Self.bounds.count ? "\(Self.bounds[bucket])" : "+Inf"
            lines.append(family.sample("_bucket", "\(id.labels)\(comma)le=\"\(bound)\"", "\(total)"))
        }
        lines.append(family.sample("_sum", id.labels, "\(state.sum)"))
        lines.append(family.sample("_count", id.labels, "\(total)"))
        return lines
    }
}
