internal import CoreMetrics
internal import PoolingCore
internal import Synchronization

/// One pool's observer: counts what happens, and knows what of the pool's statistics has been passed on.
final class ObservedSeries: PoolObserver {
    /// What has been passed on.
    private struct Progress {
        var pool: ObservedPool?
        var immediate: UInt64 = 0
        var generation: UInt64 = 0
        var useTime = HistogramProgress()

        mutating func advance(to statistics: PoolStatistics, measuresUse: Bool) -> News {
            let news = News(
                statistics: statistics,
                immediate: statistics.acquiredImmediately - min(immediate, statistics.acquiredImmediately),
                recycles: statistics.generation - min(generation, statistics.generation),
                used: measuresUse ? useTime.advance(to: statistics.useTime) : [])
            immediate += news.immediate
            generation += news.recycles
            return news
        }
    }

    private struct News {
        var statistics: PoolStatistics
        var immediate: UInt64
        var recycles: UInt64
        var used: [HistogramProgress.Part]
    }

    let series: Series
    private let loanTimes: MetricsObserver.LoanTimes
    private let progress = Mutex(Progress())
    /// Outlives its pools' observers: they are what keeps the series.
    private let owner: MetricsObserver

    init(_ series: Series, _ owner: MetricsObserver) {
        self.series = series
        self.owner = owner
        loanTimes = owner.loanTimes
    }

    deinit { owner.leave(series, ObjectIdentifier(self)) }

    var interests: PoolEventKinds {
        loanTimes == .exact ? .all : [.acquires, .connections, .pool]
    }

    func attached(to pool: ObservedPool) {
        progress.withLock { $0.pool = pool }
        owner.join(self)
    }

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        switch event {
        case .acquireGranted(_, let waited):
            series.waitTime.recordNanoseconds(waited.shortInNanoseconds)
            if waited > .zero { series.waited.increment(by: 1) }
        case .released(_, let used): series.useTime.recordNanoseconds(used.shortInNanoseconds)
        case .acquireTimedOut:
            series.timeouts.increment(by: 1)
            series.timedOut.increment(by: 1)
        case .acquireCancelled: series.cancelled.increment(by: 1)
        case .acquireRejected(let code): series.rejected(code).increment(by: 1)
        case .connectSucceeded(_, let took): series.createTime.recordNanoseconds(took.shortInNanoseconds)
        case .connectFailed: series.connectFailures.increment(by: 1)
        case .validationFailed: series.validationFailures.increment(by: 1)
        case .closed(_, let reason, _): series.closed(reason).increment(by: 1)
        case .leakSuspected: series.leaks.increment(by: 1)
        case .dropped, .shutdownEnded:
            // Nobody can ask it soon.
            _ = passOn()
        case .connectStarted, .acquireWaited, .validated, .reset, .resetFailed, .prepareFailed, .detached, .resized,
            .suspended, .resumed, .outageBegan, .outageEnded, .abandoned, .shutdownBegan:
            break
        }
    }

    /// Passes on what the pool has counted since the last time.
    /// - Returns: what its gauges are made of; nil if it has gone.
    func passOn() -> (statistics: PoolStatistics, minIdle: Int)? {
        guard let pool = progress.withLock({ $0.pool }), let minIdle = pool.configuration?.minIdle else { return nil }
        // Asked for under the lock: of two who ask at once, the later has the later answer. The pool's own lock is never
        // held by one who wants this one.
        let news = progress.withLock { progress -> News? in
            guard let statistics = pool.statistics else { return nil }
            return progress.advance(to: statistics, measuresUse: loanTimes == .fromStatistics)
        }
        guard let news else { return nil }
        series.immediate.increment(by: Int64(clamping: news.immediate))
        series.recycles.increment(by: Int64(clamping: news.recycles))
        if loanTimes == .fromStatistics { series.waitTime.record(nanoseconds: 0, times: news.immediate) }
        for part in news.used { series.useTime.record(nanoseconds: part.nanoseconds, times: part.times) }
        return (news.statistics, minIdle)
    }
}
