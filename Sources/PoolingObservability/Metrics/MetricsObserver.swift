public import CoreMetrics
public import PoolingCore
internal import Synchronization

/// Reports pools to a metrics backend through swift-metrics: ``PoolMetric`` lists what.
///
///     let metrics = MetricsObserver()
///     let registry = PoolRegistry(observers: [metrics])
///     …
///     metrics.refresh()            // before each scrape; or a MetricsSampler, every few seconds
///
/// What happens rarely (connects, waits, timeouts, closes) is counted as it happens. Gauges, and what happens with every
/// loan, are read from the pools' statistics by ``refresh()``, so that a loan that does not wait costs nothing more than
/// without an observer.
///
/// One observer serves any number of pools. It keeps none of them, and a pool that has gone takes its series with it.
///
/// Times are reported through a `Timer`, whose unit, nanoseconds, is known to the backend and becomes the backend's own:
/// seconds in Prometheus and OpenTelemetry, as the names promise. A `Recorder` would carry a number without a unit, into
/// buckets that were made for something else.
public final class MetricsObserver: PoolObserver {
    /// Where the times of loans come from.
    public enum LoanTimes: Sendable {
        /// From the pool's statistics, when ``MetricsObserver/refresh()`` is called: free on the checkout path. Times of
        /// use are known to within a factor of two, waits exactly. Between two calls each loan is one call to the backend,
        /// unless its timers are ``WeightedTimerHandler``s.
        case fromStatistics
        /// Each as it happens, at the price of two events and two calls to the backend for every loan. Times of use are
        /// known to a tick of the system's coarse clock, a few milliseconds.
        case exact
    }

    private struct Entry {
        let series: Series
        var pools = 0
    }

    private struct Member {
        weak var pool: ObservedSeries?
    }

    private struct State {
        var entries: [SeriesKey: Entry] = [:]
        var members: [ObjectIdentifier: Member] = [:]
    }

    let loanTimes: LoanTimes
    private let factory: any MetricsFactory
    private let attributes: @Sendable (PoolIdentity) -> [(String, String)]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - factory: of the backend. Default: the one that `MetricsSystem` was bootstrapped with by now. It must not come
    ///     back to this observer while it makes or destroys a handler.
    ///   - loanTimes: where the times of loans come from.
    ///   - attributes: tells pools apart; those with the same attributes are added up. A backend keeps some 70 numbers for
    ///     each, so that thousands of pools want fewer: `{ _ in [] }` for one sum of all. Default: ``poolName(of:)``.
    public init(
        factory: (any MetricsFactory)? = nil, loanTimes: LoanTimes = .fromStatistics,
        attributes: @escaping @Sendable (PoolIdentity) -> [(String, String)] = MetricsObserver.poolName
    ) {
        self.factory = factory ?? MetricsSystem.factory
        self.loanTimes = loanTimes
        self.attributes = attributes
    }

    /// The attribute that OpenTelemetry wants: ``PoolMetric/poolNameAttribute``.
    public static func poolName(of pool: PoolIdentity) -> [(String, String)] {
        [(PoolMetric.poolNameAttribute, pool.name)]
    }

    /// Sets the gauges and passes on what the pools have counted since the last time.
    ///
    /// For whoever is about to be scraped, from any thread. O(pools and their connections), and see
    /// ``LoanTimes/fromStatistics``. Calls the backend under no lock.
    public func refresh() {
        // Those who are held here may end here, and then want the lock.
        let members = state.withLock { $0.members.values.compactMap(\.pool) }
        var gauges: [ObjectIdentifier: (series: Series, sum: PoolGauges)] = [:]
        for member in members {
            guard let (statistics, minIdle) = member.passOn() else { continue }
            gauges[ObjectIdentifier(member.series), default: (member.series, PoolGauges())].sum
                .add(statistics, minIdle: minIdle)
        }
        for (series, sum) in gauges.values { sum.set(on: series) }
    }

    // MARK: Pools

    public func observer(of pool: PoolIdentity) -> any PoolObserver {
        let key = SeriesKey(attributes(pool))
        // Under the lock, as is their end: many backends give the same handler for the same name again, and it must not be
        // destroyed by one who leaves after it was given to one who comes.
        let series = state.withLock { state in
            var entry = state.entries[key] ?? Entry(series: Series(key, factory: factory))
            entry.pools += 1
            state.entries[key] = entry
            return entry.series
        }
        return ObservedSeries(series, self)
    }

    /// It can be asked from now on.
    func join(_ pool: ObservedSeries) {
        state.withLock { $0.members[ObjectIdentifier(pool)] = Member(pool: pool) }
    }

    /// The observer of one of its pools has gone, and with it the pool.
    func leave(_ series: Series, _ pool: ObjectIdentifier) {
        state.withLock { state in
            state.members[pool] = nil
            guard var entry = state.entries[series.key] else { return }
            entry.pools -= 1
            state.entries[series.key] = entry.pools > 0 ? entry : nil
            if entry.pools == 0 { series.destroy() }
        }
    }

    /// Nothing: each pool has an observer of its own.
    public func observe(_ event: PoolEvent, in pool: PoolIdentity) {}
}
