internal import PoolingCore
package import PoolingSQL

/// A connection of its own to see what the server does on others.
package final class Observer<Driver: TestedDriver>: Sendable {
    private let pool: Pool<Driver>

    package init(_ driver: Driver = .observing) throws {
        pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
    }

    package func int(_ query: SQLQuery) async throws -> Int {
        try await pool.withConnection { try await $0.int(query) }
    }

    package func text(_ query: SQLQuery) async throws -> String {
        try await pool.withConnection { try await $0.text(query) }
    }

    @discardableResult package func execute(_ query: SQLQuery) async throws -> SQLResult {
        try await pool.execute(query)
    }

    /// Whether the session executes something at this moment.
    package func isActive(_ session: Int) async throws -> Bool { try await int(Driver.activity(of: session)) == 1 }

    /// Whether the session is there at all.
    package func exists(_ session: Int) async throws -> Bool { try await int(Driver.presence(of: session)) == 1 }

    package func end() async { _ = await pool.shutdown(within: .seconds(5)) }
}
