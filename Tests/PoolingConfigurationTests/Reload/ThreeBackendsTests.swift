import MariaDBDriver
import PGDriver
import PoolingConfiguration
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import TestServers
import Testing

/// One file, three pools on three backends, from beginning to end.
@Suite(.timeLimit(.minutes(5))) struct ThreeBackendsTests {
    private func text(max: Int, _ folder: Folder) async throws -> String {
        let (postgres, mariadb) = (try await PostgresServer.shared, try await maria())
        folder.write("\(PostgresServer.password)\n", to: "postgres-password")
        return """
            defaults:
              acquireTimeout: 1 min
              idleTimeout: 10 min
            pools:
              users:
                url: postgres://\(PostgresServer.user)@127.0.0.1:\(postgres.port)/\(PostgresServer.database)?sslmode=disable
                password: {file: postgres-password}
                min: 1
                max: \(max)
              orders:
                url: mariadb://\(MariaDBServer.user)@127.0.0.1:\(mariadb.port)/\(MariaDBServer.database)?sslmode=disable
                password: {env: ORDERS_PASSWORD}
                max: \(max)
                backoff: {initial: 20ms}
              cache:
                url: sqlite:\(folder.path)/cache.db?pool_max=\(max)
                validation: {afterIdle: 200ms}
            """
    }

    private func maria() async throws -> MariaDBServer {
        try await BlockingExecutor.shared.run { try MariaDBServer.shared }
    }

    @Test func `a file is started, overridden, reloaded under load without an error, and shut down`() async throws {
        let folder = Folder()
        let registry = try threeDriverRegistry()
        folder.write(try await text(max: 6, folder))
        try await registry.fill(
            from: folder.file(environment: ["ORDERS_PASSWORD": MariaDBServer.password, "POOLS_ORDERS_MAX_USES": "500"]))
        #expect(registry.listings.map(\.driver) == ["Postgres", "MariaDB", "SQLite"])
        #expect(registry.listings.allSatisfy { $0.configuration.acquireTimeout == .seconds(60) })
        try await registry.warmUp(timeout: .seconds(60))
        let users = try registry.pool(named: "users", of: Postgres.self)
        let orders = try registry.pool(named: "orders", of: MariaDB.self)
        let cache = try registry.pool(named: "cache", of: SQLite.self)
        #expect(orders.configuration.maxUses == 500 && users.configuration.maxUses == nil)

        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { try await load.run(on: users) }
                group.addTask { try await load.run(on: orders) }
                group.addTask { try await load.run(on: cache) }
            }
            for max in [2, 9, 4] {
                try await load.goesOn()
                folder.write(try await text(max: max, folder))
                let report = try await registry.reload()
                #expect(report.isComplete, "\(report)")
                for pool in registry.pools {
                    #expect(pool.configuration.max == max)
                    #expect("\(report)".contains("\(pool.name): max "))
                }
                #expect(try await eventually { registry.pools.allSatisfy { $0.statistics.total <= max } })
            }
            // A mistake changes nothing, and the load does not see it.
            folder.write(try await text(max: 0, folder))
            await #expect(throws: PoolFileError.self) { try await registry.reload() }
            #expect(registry.pools.allSatisfy { $0.configuration.max == 4 })
            try await load.goesOn()
            load.stop()
            try await group.waitForAll()
        }
        for pool in registry.pools {
            let statistics = pool.statistics
            #expect(statistics.timedOut == 0 && statistics.rejected == 0 && statistics.cancelled == 0, "\(pool.name)")
        }
        let reports = await registry.shutdown(within: .seconds(30))
        #expect(reports.count == 3 && reports.values.allSatisfy(\.isClean))
    }

    @Test func `a server's URL in the environment, and a wrong password, are what they are anywhere else`() async throws
    {
        let (folder, registry, server) = (Folder(), try threeDriverRegistry(), try await PostgresServer.shared)
        folder.write("pools: {main: {url: 'sqlite:\(folder.path)/a.db', password: null, max: 1}}")
        let url =
            "postgres://\(PostgresServer.user)@127.0.0.1:\(server.port)/\(PostgresServer.database)?sslmode=disable"
        folder.write("wrong-canary", to: "password")
        try await registry.fill(
            from: folder.file(environment: ["POOLS_MAIN_URL": url, "POOLS_MAIN_PASSWORD_FILE": "password"]))
        let pool = try registry.pool(named: "main", of: Postgres.self)
        let error = await #expect(throws: PoolError.self) { try await pool.query("SELECT 1", timeout: .seconds(5)) }
        #expect(error.map { "\($0)".contains("wrong-canary") } == false)
        // The right one is found at the next connect.
        folder.write(PostgresServer.password, to: "password")
        #expect(
            try await eventually { (try? await pool.query("SELECT 1", timeout: .seconds(5)).count) == 1 })
        await registry.shutdown()
    }
}

/// Statements on pools until it is stopped; the first error ends it.
private final class Load: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let counts = Mutex<[String: Int]>([:])

    func stop() { isOver.store(true, ordering: .releasing) }

    func run<Driver: SQLDriver>(on pool: Pool<Driver>) async throws {
        while !isOver.load(ordering: .acquiring) {
            _ = try await pool.withConnection { connection in
                _ = try await connection.query("SELECT 1")
                return try await connection.query("SELECT 2")
            }
            counts.withLock { $0[pool.name, default: 0] += 1 }
            await Task.yield()
        }
    }

    /// Until each pool has served a hundred loans more.
    func goesOn() async throws {
        let before = counts.withLock(\.self)
        let went = try await eventually {
            let now = self.counts.withLock(\.self)
            return now.count == 3 && now.allSatisfy { $0.value >= before[$0.key, default: 0] + 100 }
        }
        if !went { throw Stuck(counts: counts.withLock(\.self)) }
    }

    struct Stuck: Error { var counts: [String: Int] }
}
