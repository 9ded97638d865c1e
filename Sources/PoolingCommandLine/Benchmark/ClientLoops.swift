public import PoolingCore

/// A client's loop in each mode, as closures that were made where the plugin's types are known.
@usableFromInline struct ClientLoops<Driver: PoolDriver>: Sendable {
    @usableFromInline typealias Pooled = @Sendable (Workload, Pool<Driver>, ClientRecord) async -> ClientRecord
    @usableFromInline typealias Dedicated = @Sendable (Workload, Driver.Connection, ClientRecord) async -> ClientRecord
    /// One operation; when it had its connection.
    @usableFromInline typealias Single = @Sendable (Workload, Pool<Driver>, UInt64) async throws -> Int64
    @usableFromInline typealias Unpooled = @Sendable (Workload, ClientRecord) async -> ClientRecord

    @usableFromInline let pooled: Pooled
    @usableFromInline let dedicated: Dedicated
    @usableFromInline let unpooled: Unpooled
    @usableFromInline let single: Single

    @inlinable init<Plugin: BenchmarkDriver>(_ plugin: Plugin, _ driver: Driver) where Plugin.Driver == Driver {
        pooled = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).pooled($1, $2) }
        dedicated = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).dedicated($1, $2) }
        single = { try await ClientLoop(plugin: plugin, driver: driver, workload: $0).single($1, $2) }
        unpooled = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).unpooled($1) }
    }
}
