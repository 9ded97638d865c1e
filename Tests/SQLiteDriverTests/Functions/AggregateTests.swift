import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("An aggregate in Swift", .timeLimit(.minutes(1))) struct AggregateTests {
    let scratch = try! Scratch()

    static let product = SQLiteFunction.aggregate("product", arguments: 1, initial: Int64(1)) { product, arguments in
        product *= try arguments.decode(0, as: Int64.self)
    } final: { product in
        .integer(product)
    }

    func lending(_ functions: [SQLiteFunction], _ body: (SQLiteHandle) async throws -> Void) async throws {
        let driver = SQLite(path: scratch.path(), functions: functions)
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(g, v)")
            try await handle.execute("INSERT INTO t VALUES('a', 2), ('b', 5), ('a', 3), ('b', 7), ('c', 1)")
            try await body(handle)
        }
    }

    @Test("has a state for each group, and a result for a group without rows")
    func groups() async throws {
        try await lending([Self.product]) { handle async throws in
            let rows = try await handle.query("SELECT g, product(v) FROM t GROUP BY g ORDER BY g")
            #expect(try rows.map { try $0.decode(1, as: Int.self) } == [6, 35, 1])
            #expect(try await handle.int("SELECT product(v) FROM t WHERE g = 'nobody'") == 1)
            #expect(try await handle.int("SELECT product(DISTINCT v) FROM t") == 210)
        }
    }

    @Test("that throws fails the statement, and its state is let go of", arguments: ["step", "final"])
    func failure(place: String) async throws {
        let alive = Alive()
        let failing = SQLiteFunction.aggregate("failing", arguments: 1, initial: alive.make()) { _, arguments in
            if place == "step", arguments[0] == .integer(7) { throw CancellationError() }
        } final: { _ in
            throw CancellationError()
        }
        try await lending([failing]) { handle async throws in
            let error = await #expect(throws: SQLError.self) {
                try await handle.query("SELECT failing(v), failing(g) FROM t")
            }
            #expect(error?.message == "the function 'failing' failed: CancellationError()")
            #expect(alive.made > 0)
            #expect(alive.count == 0)
            #expect(try await handle.int("SELECT 1") == 1)
        }
    }

    @Test("lets go of its state when the statement is stopped")
    func stopped() async throws {
        let alive = Alive()
        let calls = Calls()
        let endless = SQLiteFunction.aggregate("endless", arguments: 1, initial: alive.make()) { _, _ in
        } final: { _ in
            .null
        }
        let driver = SQLite(path: scratch.path(), executor: calls.executor, functions: [endless])
        try await driver.lending { handle, _ async throws in
            let before = calls.count
            let running = Task {
                try await handle.query(
                    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT endless(x) FROM c")
            }
            await calls.reach(before + 1)
            while alive.made == 0 { await Task.yield() }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(alive.count == 0)
        }
    }
}
