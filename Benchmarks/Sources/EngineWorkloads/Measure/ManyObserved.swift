internal import CEngineProbe
internal import PoolingCore
internal import PoolingObservability

/// What a metrics observer costs where there are many pools: memory for each, and time for a refresh.
struct ManyObserved {
    static let pools = 10_000

    var name: String
    var bytesPerPool: Int64
    var refresh: Duration

    static func measure() async throws -> [ManyObserved] {
        let bare = try await measure("no observer", nil, [])
        let together = MetricsObserver(factory: AddingBackend()) { _ in [] }
        let apart = MetricsObserver(factory: AddingBackend())
        return [
            bare, try await measure("metrics, all pools together", together, [together]),
            try await measure("metrics, each pool by its name", apart, [apart]),
        ]
    }

    private static func measure(
        _ name: String, _ metrics: MetricsObserver?, _ observers: [any PoolObserver]
    ) async throws -> ManyObserved {
        let before = probe_heap_bytes()
        var pools: [Pool<DummyDriver>] = []
        pools.reserveCapacity(Self.pools)
        for number in 0..<Self.pools {
            pools.append(
                try Pool(DummyDriver(), name: "tenant-\(number)", configuration: .init(max: 4), observers: observers))
        }
        let bytes = (probe_heap_bytes() - before) / Int64(Self.pools)
        metrics?.refresh()
        let began = ContinuousClock.now
        metrics?.refresh()
        let took = ContinuousClock.now - began
        for pool in pools { await pool.shutdown() }
        return ManyObserved(name: name, bytesPerPool: bytes, refresh: took)
    }
}
