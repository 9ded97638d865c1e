import PGDriver
import PoolingConfiguration
import PoolingCore
import SQLiteDriver

/// The samples of the articles, so that they are compiled; a test compares the two.
enum Samples {
    static func overview() async throws -> Pool<Postgres> {
        let registry = PoolRegistry()
        try registry.register(Postgres.self)
        try registry.register(SQLite.self)
        try await registry.fill(from: PoolFile("pools.yaml"))

        let main = try registry.pool(named: "main", of: Postgres.self)
        return main
    }

    static func reload(_ registry: PoolRegistry) async throws {
        let report = try await registry.reload()
        print(report)
    }

    static func url(_ registry: PoolRegistry) throws {
        try registry.define("jobs", PoolURL("postgres://app@db.internal/app?pool_min=1&pool_max=4"))
    }

    static func prefix() -> PoolFile {
        let file = PoolFile("/etc/shop/pools.yaml", environmentPrefix: "SHOP_DB")
        return file
    }
}
