import CoreMetrics
import Logging
import MetricsTestKit
import PoolingCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import PoolingObservability

@Suite struct SeriesLifeTests {
    let backend = TestMetrics()

    @Test func `a pool that has gone leaves no series, and the pools beside it keep theirs`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let registry = PoolRegistry(observers: [metrics])
        for name in ["a", "b"] {
            _ = try registry.pool(named: name, configuration: .init(min: 1, max: 2), driver: StageDriver())
        }
        try await registry.warmUp()
        metrics.refresh()
        let both = backend.series
        #expect(backend.gauge(.count, "a", state: "idle") == 1)
        await registry.remove("a")
        try await becomes { backend.gauge(.max, "a") == nil }
        metrics.refresh()
        #expect(backend.series == both.filter { !$0.contains("pool.name=a") })
        #expect(backend.gauge(.count, "b", state: "idle") == 1)
        await registry.shutdown()
        try await becomes { backend.series.isEmpty }
        metrics.refresh()
        #expect(backend.series.isEmpty)
    }

    @Test func `a pool that comes under the name of one that goes has its series`() async throws {
        let metrics = MetricsObserver(factory: backend)
        for round in 1...20 {
            let old = try Pool(StageDriver(), name: "p", configuration: .init(max: 1), observers: [metrics])
            try await old.withConnection { _ in }
            let new = try Pool(StageDriver(), name: "p", configuration: .init(max: round), observers: [metrics])
            await withTaskGroup { group in
                group.addTask { [old] in _ = await old.shutdown() }
                group.addTask { metrics.refresh() }
            }
            await new.shutdown()
        }
        try await becomes { backend.series.isEmpty }
        let last = try Pool(StageDriver(), name: "p", configuration: .init(max: 9), observers: [metrics])
        metrics.refresh()
        #expect(backend.gauge(.max) == 9)
        #expect(backend.times(.waitTime) != nil)
        await last.shutdown()
    }

    @Test func `pools with the same attributes are added up, and one that goes takes nothing back`() async throws {
        let metrics = MetricsObserver(factory: backend) { _ in [("service", "tenants")] }
        func gauge(_ metric: PoolMetric) -> Int? {
            backend.meters(label: metric.name, dimensions: [("service", "tenants")]).first?.lastValue.map { Int($0) }
        }
        func immediate() -> Int64? {
            backend.counters(
                label: PoolMetric.acquires.name,
                dimensions: [("service", "tenants"), (PoolMetric.outcomeAttribute, "immediate")]
            ).first?.totalValue
        }
        let registry = PoolRegistry(observers: [metrics])
        for number in 0..<10 {
            let pool = try registry.pool(
                named: "\(number)", configuration: .init(min: 1, max: 3), driver: StageDriver())
            try await pool.warmUp()
            for _ in 0..<5 { try await pool.withConnection { _ in } }
        }
        metrics.refresh()
        #expect(gauge(.max) == 30)
        #expect(immediate() == 50)
        for number in 0..<9 {
            // Not refreshed in between: what they did last is passed on as they go.
            let pool = try registry.pool(named: "\(number)", of: StageDriver.self)
            try await pool.withConnection { _ in }
            await registry.remove("\(number)")
        }
        #expect(immediate() == 59)
        try await becomes {
            metrics.refresh()
            return gauge(.max) == 3
        }
        #expect(immediate() == 59)
        await registry.shutdown()
        try await becomes { backend.series.isEmpty }
    }

    @Test func `what a pool that is dropped without shutdown did last is passed on`() async throws {
        let metrics = MetricsObserver(factory: backend) { _ in [] }
        // Keeps the series.
        let other = try Pool(StageDriver(), observers: [metrics])
        try await {
            let pool = try Pool(StageDriver(), configuration: .init(min: 1, max: 1), observers: [metrics])
            try await pool.warmUp()
            for _ in 0..<7 { try await pool.withConnection { _ in } }
        }()
        try await becomes { backend.count(.acquires, nil, outcome: "immediate") == 7 }
        await other.shutdown()
    }

    @Test func `while pools come, work and go, and are refreshed, no loan is lost and no series left`() async throws {
        let metrics = MetricsObserver(factory: backend) { _ in [] }
        // Keeps the series.
        let other = try Pool(StageDriver(), observers: [metrics])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<20 {
                        let pool = try Pool(StageDriver(), configuration: .init(max: 1), observers: [metrics])
                        for _ in 0..<10 { try await pool.withConnection { _ in } }
                        await pool.shutdown()
                    }
                }
            }
            for _ in 0..<2 { group.addTask { for _ in 0..<200 { metrics.refresh() } } }
            try await group.waitForAll()
        }
        metrics.refresh()
        let outcomes = ["immediate", "waited"].map { backend.count(.acquires, nil, outcome: $0) ?? 0 }
        #expect(outcomes.reduce(0, +) == 8 * 20 * 10)
        #expect(backend.times(.waitTime, nil)?.count == 8 * 20 * 10)
        #expect(backend.times(.useTime, nil)?.count == 8 * 20 * 10)
        #expect(backend.times(.createTime, nil)?.count == 8 * 20)
        #expect(backend.count(.closed, nil, reason: "shutdown") == 8 * 20)
        await other.shutdown()
    }

    @Test func `a thousand pools are refreshed together, and none is kept`() async throws {
        let metrics = MetricsObserver(factory: backend) { _ in [] }
        weak var first: Pool<StageDriver>?
        try await {
            let pools = try (0..<1000).map { _ in
                try Pool(StageDriver(), configuration: .init(max: 2), observers: [metrics])
            }
            first = pools.first
            metrics.refresh()
            #expect(backend.gauge(.max, nil) == 2000)
            for pool in pools { await pool.shutdown() }
        }()
        try await becomes { first == nil }
        try await becomes { backend.series.isEmpty }
    }

    @Test func `a backend that is not told about is the one that was bootstrapped`() async throws {
        try await withMetricsFactory(backend) {
            let metrics = MetricsObserver()
            let pool = try Pool(StageDriver(), name: "p", configuration: .init(max: 4), observers: [metrics])
            metrics.refresh()
            #expect(backend.gauge(.max) == 4)
            await pool.shutdown()
        }
    }

    @Test func `a sampler refreshes every now and then, and once more at the end`() async throws {
        let metrics = MetricsObserver(factory: backend)
        let pool = try Pool(StageDriver(), name: "p", configuration: .init(max: 1), observers: [metrics])
        let sampler = MetricsSampler(metrics, every: .milliseconds(2))
        let running = Task { await sampler.run() }
        try await becomes { backend.meters(label: PoolMetric.max.name).first?.values.count ?? 0 > 3 }
        running.cancel()
        await running.value
        // Ends with its group, and has the last word.
        let before = backend.meters(label: PoolMetric.max.name).first?.values.count ?? 0
        let group = ServiceGroup(
            services: [MetricsSampler(metrics, every: .seconds(3600))],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let serving = Task { try await group.run() }
        try await becomes { backend.meters(label: PoolMetric.max.name).first?.values.count ?? 0 > before }
        try pool.resize(min: 0, max: 2)
        await group.triggerGracefulShutdown()
        try await serving.value
        #expect(backend.gauge(.max) == 2)
        await pool.shutdown()
    }

    @Test func `a weighted timer is told of equal durations at once`() async throws {
        let factory = WeightedFactory(backend)
        let metrics = MetricsObserver(factory: factory)
        let pool = try Pool(StageDriver(), name: "p", configuration: .init(min: 1, max: 1), observers: [metrics])
        try await pool.warmUp()
        for _ in 0..<1000 { try await pool.withConnection { _ in } }
        metrics.refresh()
        let calls = factory.calls.withLock { $0 }
        #expect(calls.reduce(0) { $0 + $1.times } >= 2000, "a wait and a use for each")
        #expect(calls.count < 50)
        await pool.shutdown()
    }
}

/// Its timers know weights.
private final class WeightedFactory: MetricsFactory {
    final class Timer: WeightedTimerHandler {
        let factory: WeightedFactory
        init(_ factory: WeightedFactory) { self.factory = factory }
        func recordNanoseconds(_ duration: Int64) { recordNanoseconds(duration, times: 1) }
        func recordNanoseconds(_ duration: Int64, times: Int64) {
            factory.calls.withLock { $0.append((duration, times)) }
        }
    }

    let calls = Mutex<[(duration: Int64, times: Int64)]>([])
    private let other: TestMetrics

    init(_ other: TestMetrics) { self.other = other }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        other.makeCounter(label: label, dimensions: dimensions)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        other.makeRecorder(label: label, dimensions: dimensions, aggregate: aggregate)
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        other.makeMeter(label: label, dimensions: dimensions)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { Timer(self) }
    func destroyCounter(_ handler: any CounterHandler) { other.destroyCounter(handler) }
    func destroyRecorder(_ handler: any RecorderHandler) { other.destroyRecorder(handler) }
    func destroyMeter(_ handler: any MeterHandler) { other.destroyMeter(handler) }
    func destroyTimer(_ handler: any TimerHandler) {}
}
