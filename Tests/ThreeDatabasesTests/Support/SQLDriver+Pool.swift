import PoolingCore
import PoolingSQL
import TestServers
import Testing

extension SQLDriver {
    /// A pool for the time of `body`. Afterwards nothing may be on loan, and its numbers have to add up.
    func withPool<R>(
        max: Int = 4, acquireTimeout: Duration = .seconds(30), _ body: (Pool<Self>) async throws -> R
    ) async throws -> R {
        let pool = try Pool(self, configuration: .init(max: max, acquireTimeout: acquireTimeout))
        let result: Result<R, any Error>
        do {
            result = .success(try await body(pool))
        } catch {
            result = .failure(error)
        }
        let open = pool.statistics
        #expect(open.acquired == open.released && open.leased == 0 && open.waiting == 0, "\(open)")
        #expect(open.connected - open.closed == UInt64(open.total - open.connecting - open.closing), "\(open)")
        let report = await pool.shutdown(within: .seconds(20))
        #expect(report.isClean)
        let ended = pool.statistics
        #expect(ended.total == 0 && ended.abandoned == 0 && ended.connected == ended.closed, "\(ended)")
        return try result.get()
    }

    /// One loan of a pool of one connection.
    func withLoan<R>(_ body: (Handle) async throws -> R) async throws -> R {
        try await withPool(max: 1) { pool in try await pool.withConnection { try await body($0) } }
    }
}

extension SQLConnection {
    /// Makes a table anew, whatever is left of another test's: `name` is no user's.
    func make(_ table: String, _ columns: String) async throws {
        try await execute("DROP TABLE IF EXISTS \(unsafe: table)")
        try await execute("CREATE TABLE \(unsafe: table) (\(unsafe: columns))")
    }

    func drop(_ tables: String...) async throws {
        for table in tables { try await execute("DROP TABLE IF EXISTS \(unsafe: table)") }
    }

    /// All cells of the first column.
    func column<T: SQLDecodable>(_ query: SQLQuery, as type: T.Type = T.self) async throws -> [T] {
        try await self.query(query).map { try $0.decode(0, as: T.self) }
    }
}

extension Pool where Driver: SQLDriver {
    /// The first cell, in a loan of its own; -1 if there is none.
    func int(_ query: SQLQuery) async throws -> Int { try await withConnection { try await $0.int(query) } }
}
