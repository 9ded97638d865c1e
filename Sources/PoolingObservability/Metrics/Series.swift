internal import CoreMetrics
internal import PoolingCore
internal import Synchronization

/// The handlers of all pools that have the same attributes. Made once, so that recording looks nothing up.
final class Series: Sendable {
    let key: SeriesKey
    let (idle, used, connecting, checking, resetting, closing): Gauges
    let idleMax: any MeterHandler
    let idleMin: any MeterHandler
    let max: any MeterHandler
    let pendingRequests: any MeterHandler
    let abandoned: any MeterHandler
    let timeouts: any CounterHandler
    let createTime: any TimerHandler
    let waitTime: any TimerHandler
    let useTime: any TimerHandler
    let (immediate, waited, timedOut, cancelled): Counters
    let connectFailures: any CounterHandler
    let validationFailures: any CounterHandler
    let leaks: any CounterHandler
    let recycles: any CounterHandler
    /// Made when there is something to count: most pools never see most reasons.
    private let rare = Mutex<[Rare: any CounterHandler]>([:])
    private let factory: any MetricsFactory

    typealias Gauges = (
        any MeterHandler, any MeterHandler, any MeterHandler, any MeterHandler, any MeterHandler, any MeterHandler
    )
    typealias Counters = (any CounterHandler, any CounterHandler, any CounterHandler, any CounterHandler)

    private struct Rare: Hashable {
        let metric: PoolMetric
        let attribute: String
        let value: String
    }

    init(_ key: SeriesKey, factory: any MetricsFactory) {
        let own = key.dimensions
        func meter(_ metric: PoolMetric, _ state: String? = nil) -> any MeterHandler {
            let state = state.map { [(PoolMetric.stateAttribute, $0)] } ?? []
            return factory.makeMeter(label: metric.name, dimensions: own + state)
        }
        func counter(_ metric: PoolMetric, _ outcome: String? = nil) -> any CounterHandler {
            let outcome = outcome.map { [(PoolMetric.outcomeAttribute, $0)] } ?? []
            return factory.makeCounter(label: metric.name, dimensions: own + outcome)
        }
        func timer(_ metric: PoolMetric) -> any TimerHandler {
            let timer = factory.makeTimer(label: metric.name, dimensions: own)
            timer.preferDisplayUnit(.seconds)
            return timer
        }
        self.key = key
        self.factory = factory
        (idle, used, connecting, checking, resetting, closing) = (
            meter(.count, "idle"), meter(.count, "used"), meter(.count, "connecting"), meter(.count, "checking"),
            meter(.count, "resetting"), meter(.count, "closing")
        )
        (idleMax, idleMin, max) = (meter(.idleMax), meter(.idleMin), meter(.max))
        (pendingRequests, abandoned) = (meter(.pendingRequests), meter(.abandoned))
        timeouts = counter(.timeouts)
        (createTime, waitTime, useTime) = (timer(.createTime), timer(.waitTime), timer(.useTime))
        (immediate, waited, timedOut, cancelled) = (
            counter(.acquires, "immediate"), counter(.acquires, "waited"), counter(.acquires, "timed_out"),
            counter(.acquires, "cancelled")
        )
        (connectFailures, validationFailures) = (counter(.connectFailures), counter(.validationFailures))
        (leaks, recycles) = (counter(.leaks), counter(.recycles))
    }

    func rejected(_ code: PoolError.Code) -> any CounterHandler {
        rare(Rare(metric: .acquires, attribute: PoolMetric.outcomeAttribute, value: code.description.snakeCased))
    }

    func closed(_ reason: CloseReason) -> any CounterHandler {
        rare(Rare(metric: .closed, attribute: PoolMetric.reasonAttribute, value: reason.description.snakeCased))
    }

    private func rare(_ rare: Rare) -> any CounterHandler {
        self.rare.withLock { handlers in
            if let handler = handlers[rare] { return handler }
            let handler = factory.makeCounter(
                label: rare.metric.name, dimensions: key.dimensions + [(rare.attribute, rare.value)])
            handlers[rare] = handler
            return handler
        }
    }

    /// Tells the backend that nothing more comes, so that it shows no pool that has gone.
    func destroy() {
        for meter in [idle, used, connecting, checking, resetting, closing] { factory.destroyMeter(meter) }
        for meter in [idleMax, idleMin, max, pendingRequests, abandoned] { factory.destroyMeter(meter) }
        for timer in [createTime, waitTime, useTime] { factory.destroyTimer(timer) }
        for counter in [
            timeouts, immediate, waited, timedOut, cancelled, connectFailures, validationFailures, leaks, recycles,
        ] { factory.destroyCounter(counter) }
        for counter in rare.withLock({ Array($0.values) }) { factory.destroyCounter(counter) }
    }
}

extension String {
    /// "queueFull" as attributes have it: "queue_full".
    var snakeCased: String {
        reduce(into: "") { text, letter in
            if letter.isUppercase { text += "_" }
            text += letter.lowercased()
        }
    }
}
