import PGDriver
import PoolingCore
import PoolingSQL

enum Listening {
    static func printing(from pool: Pool<Postgres>) async throws {
        let listener = try await pool.listener()
        try await listener.listen(to: "orders")
        for try await notification in listener.notifications {
            print(notification.channel, notification.payload, notification.process)
        }
    }

    /// Counts what it was asked to read.
    actor Reader {
        let pool: Pool<Postgres>
        private var timesAll = 0
        private var timesNew = 0
        private var goal: CheckedContinuation<Void, Never>?

        init(_ pool: Pool<Postgres>) { self.pool = pool }

        func readAllOrders() async throws {
            _ = try await pool.query("SELECT id, total FROM orders")
            timesAll += 1
            tell()
        }

        func readNewOrders() async throws {
            timesNew += 1
            tell()
        }

        private func tell() {
            goal?.resume()
            goal = nil
        }

        func waitUntil(all: Int, new: Int) async {
            while timesAll < all || timesNew < new { await withCheckedContinuation { goal = $0 } }
        }

        func follow() async throws {
            while !Task.isCancelled {
                do {
                    let listener = try await pool.listener()
                    try await listener.listen(to: "orders")
                    try await readAllOrders()
                    for try await _ in listener.notifications { try await readNewOrders() }
                    return
                } catch let error as SQLError where error.kind == .connectionLost {
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    static func run(on pool: Pool<Postgres>) async throws {
        let reader = Reader(pool)
        let following = Task { try await reader.follow() }
        await reader.waitUntil(all: 1, new: 0)
        try await pool.execute("SELECT pg_notify('orders', 'one')")
        await reader.waitUntil(all: 1, new: 1)
        // Its session is ended, and it begins anew.
        try await pool.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = current_user AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()
            """)
        await reader.waitUntil(all: 2, new: 1)
        following.cancel()
        do { try await following.value } catch is CancellationError {}
        try expect(true, "a listener tells of new orders, and is replaced when its connection is lost")
    }
}
