import Benchmark
import PoolingCore

/// A connection to nothing, and its driver.
final class DummyConnection: Sendable {}

struct DummyDriver: PoolDriver {
    func connect() async throws -> DummyConnection { DummyConnection() }
    func validate(_ connection: DummyConnection) async throws {}
    func close(_ connection: DummyConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
    var requiredHooks: DriverHooks { [] }
}

/// All connections are open.
func warmPool(of connections: Int) async throws -> Pool<DummyDriver> {
    let pool = try Pool(DummyDriver(), configuration: .init(min: connections, max: connections))
    try await pool.warmUp()
    return pool
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .instructions], scalingFactor: .kilo, maxDuration: .seconds(2), maxIterations: 1_000)

    Benchmark("withConnection") { benchmark in
        let pool = try await warmPool(of: 10)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { try await pool.withConnection { _ in } }
        benchmark.stopMeasurement()
        await pool.shutdown()
    }

    Benchmark("lease, release") { benchmark in
        let pool = try await warmPool(of: 10)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { try await pool.lease().release() }
        benchmark.stopMeasurement()
        await pool.shutdown()
    }

    Benchmark("leaseIfAvailable, release") { benchmark in
        let pool = try await warmPool(of: 10)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { pool.leaseIfAvailable()?.release() }
        benchmark.stopMeasurement()
        await pool.shutdown()
    }

    Benchmark("leaseIfAvailable, none there") { benchmark in
        let pool = try await warmPool(of: 10)
        var leases: [SharedLease<DummyDriver>] = []
        while let lease = pool.leaseIfAvailable() { leases.append(lease.shared()) }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { if let lease = pool.leaseIfAvailable() { lease.release() } }
        benchmark.stopMeasurement()
        for lease in leases { lease.release() }
        await pool.shutdown()
    }

    Benchmark("statistics of 10 connections") { benchmark in
        let pool = try await warmPool(of: 10)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(pool.statistics) }
        benchmark.stopMeasurement()
        await pool.shutdown()
    }

    // One connection, two tasks: each return finds the other waiting, and each acquire waits.
    Benchmark("hand-over, release to waiter") { benchmark in
        let pool = try await warmPool(of: 1)
        let each = benchmark.scaledIterations.count / 2
        benchmark.startMeasurement()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<each { try await pool.withConnection { _ in await Task.yield() } }
                }
            }
            try await group.waitForAll()
        }
        benchmark.stopMeasurement()
        await pool.shutdown()
    }
}
