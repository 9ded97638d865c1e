internal import CEngineProbe
internal import PoolingCore

/// What a registry with a small pool for each of many tenants costs: to fill, to use, to keep and to end.
struct Tenants {
    static let count = 10_000

    /// For all of them together.
    var defining: Duration
    var making: Duration
    /// A first loan of each, with its connect.
    var firstLoans: Duration
    var ending: Duration
    /// Heap bytes of a name, a definition and a pool with one idle connection.
    var bytesPerTenant: Int64
    var threadsBefore: Int
    var threadsAfter: Int
    var endedCleanly: Bool

    static func measure() async throws -> Tenants {
        let warm = try Pool(DummyDriver(), configuration: .init(max: 1))
        try await warm.withConnection { _ in }
        let registry = PoolRegistry(warningThreshold: .max)
        let threadsBefore = Footprint.threads()
        let heap = probe_heap_bytes()
        let clock = ContinuousClock()
        let defining = try clock.measure {
            for tenant in 0..<count {
                try registry.define("tenant \(tenant)", configuration: .init(max: 2)) { DummyDriver() }
            }
        }
        let making = try clock.measure {
            for tenant in 0..<count { _ = try registry.pool(named: "tenant \(tenant)", of: DummyDriver.self) }
        }
        let firstLoans = try await clock.measure {
            for tenant in 0..<count {
                try await registry.pool(named: "tenant \(tenant)", of: DummyDriver.self).withConnection { _ in }
            }
        }
        let (bytes, threadsAfter) = (probe_heap_bytes() - heap, Footprint.threads())
        let began = clock.now
        let reports = await registry.shutdown(within: .seconds(60))
        let ending = clock.now - began
        await warm.shutdown()
        return Tenants(
            defining: defining, making: making, firstLoans: firstLoans, ending: ending,
            bytesPerTenant: bytes / Int64(count), threadsBefore: threadsBefore, threadsAfter: threadsAfter,
            endedCleanly: reports.count == count && reports.values.allSatisfy(\.isClean))
    }
}
