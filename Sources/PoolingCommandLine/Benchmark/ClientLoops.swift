public import PoolingCore

/// A client's loop in each mode, as closures that were made where the plugin's types are known.
@usableFromInline struct ClientLoops<Driver: PoolDriver>: Sendable {
    @usableFromInline typealias Pooled = @Sendable (Workload, Pool<Driver>, ClientRecord) async -> ClientRecord
    @usableFromInline typealias Dedicated = @Sendable (Workload, Driver.Connection, ClientRecord) async -> ClientRecord
    @usableFromInline typealias Unpooled = @Sendable (Workload, ClientRecord) async -> ClientRecord

    @usableFromInline let pooled: Pooled
    @usableFromInline let dedicated: Dedicated
    @usableFromInline let unpooled: Unpooled

    @inlinable init<Plugin: BenchmarkDriver>(_ plugin: Plugin, _ driver: Driver) where Plugin.Driver == Driver {
        pooled = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).pooled($1, $2) }
        dedicated = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).dedicated($1, $2) }
        unpooled = { await ClientLoop(plugin: plugin, driver: driver, workload: $0).unpooled($1) }
    }
}
