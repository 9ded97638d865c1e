package import PoolingCore
package import PoolingSQL
internal import Synchronization

/// The password that is valid at present, and how often it was asked for.
package final class CurrentPassword: Sendable {
    private let state: Mutex<(text: String, asked: Int)>
    package init(_ text: String) { state = Mutex((text, 0)) }

    package var asked: Int { state.withLock { $0.asked } }
    package func change(to text: String) { state.withLock { $0.text = text } }
    package func ask() -> String {
        state.withLock { state in
            state.asked += 1
            return state.text
        }
    }
}

/// Has six tasks run statements without a pause on connections that are for three loans each, so that there are always some
/// being opened, and calls `rotate` five times meanwhile.
/// - Returns: what the pool has counted.
/// - Throws: the error of the first statement that fails.
package func rotating<Driver: SQLDriver>(
    _ driver: Driver, rotate: (Int) async throws -> Void
) async throws -> PoolStatistics {
    let pool = try Pool(driver, configuration: PoolConfiguration(max: 4, maxUses: 3))
    try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
            group.addTask {
                while !Task.isCancelled {
                    do { _ = try await pool.query("SELECT 1") } catch is CancellationError {}
                }
            }
        }
        for number in 0..<5 {
            let before = pool.statistics.connected
            _ = try await eventually { pool.statistics.connected > before + 10 }
            try await rotate(number)
        }
        let before = pool.statistics.connected
        _ = try await eventually { pool.statistics.connected > before + 10 }
        group.cancelAll()
        try await group.waitForAll()
    }
    let statistics = pool.statistics
    await pool.shutdown()
    return statistics
}
