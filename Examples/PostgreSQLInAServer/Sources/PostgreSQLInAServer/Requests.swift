import Foundation
import PGDriver
import PoolingCore
import PoolingSQL

/// Requests of a server without a network.
struct Requests: Sendable {
    let pool: Pool<Postgres>

    struct Request: Sendable { var page: Int }

    func handle(_ request: Request) async throws -> [String] {
        try await withTaskExecutorPreference(Postgres.nextExecutor()) {
            let rows = try await pool.query("SELECT text FROM comments WHERE page = \(request.page) LIMIT 10")
            return try rows.map { try $0.decode(String.self) }
        }
    }

    func orders(of customer: Int) async throws -> [SQLRow] {
        let deadline = ContinuousClock.now + .seconds(2)
        let rows = try await pool.withConnection { connection in
            try await connection.until(deadline).query("SELECT id, total FROM orders WHERE customer = \(customer)")
        }
        return rows
    }

    static func run(on pool: Pool<Postgres>) async throws {
        let requests = Requests(pool: pool)
        try await pool.batch([
            "INSERT INTO comments VALUES (1, \("first")), (1, \("second")), (2, \("other"))",
            "INSERT INTO orders VALUES (1, 7, \(Decimal(string: "9.75")))",
        ])
        try expect(
            try await requests.handle(.init(page: 1)).sorted() == ["first", "second"], "a page has its comments")
        let orders = try await requests.orders(of: 7)
        try expect(try orders.map { try $0.decode(1, as: Decimal.self) } == [9.75], "a customer has an order, in time")
    }
}
