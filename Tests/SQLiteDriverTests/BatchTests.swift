import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A batch", .timeLimit(.minutes(2))) struct BatchTests {
    let scratch = try! Scratch()

    @Test("runs all of its statements, and tells what each has done")
    func results() async throws {
        let pool = try Pool(SQLite(path: scratch.path()))
        let results = try await pool.batch([
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t(v) VALUES(\("a")), (\("b"))",
            "UPDATE t SET v = \("c")", "DELETE FROM t WHERE id = \(1)",
        ])
        #expect(results.map(\.rowsAffected) == [0, 2, 2, 1])
        #expect(results.map(\.lastInsertID) == [nil, 2, nil, nil])
        #expect(try await pool.batch([]).isEmpty)
        _ = await pool.shutdown()
    }

    @Test("does nothing when one fails, and says which")
    func failing() async throws {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v UNIQUE)")
            let error = try await #require(throws: SQLError.self) {
                try await handle.batch((1...5).map { "INSERT INTO t VALUES(\($0 % 4))" })
            }
            #expect(error.kind == .uniqueViolation)
            #expect(error.message.hasPrefix("statement 5 of 5: "))
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("inside of a transaction is a part of it that can fail alone")
    func nested() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v UNIQUE)")
            try await handle.transaction { handle async throws in
                try await handle.batch(["INSERT INTO t VALUES(1)", "INSERT INTO t VALUES(2)"])
                await #expect(throws: SQLError.self) {
                    try await handle.batch(["INSERT INTO t VALUES(3)", "INSERT INTO t VALUES(1)"])
                }
            }
            #expect(try await handle.query("SELECT v FROM t ORDER BY v").map { try $0.decode(Int.self) } == [1, 2])
        }
    }

    @Test("waits for a writer without holding a thread, and is then done once")
    func locked() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        try await driver.lending { writer, _ async throws in
            try await writer.execute("CREATE TABLE t(v)")
            let other = try await driver.connect()
            let handle = driver.lend(other, loan: .second)
            let batch = try await writer.transaction { writer async throws in
                let before = calls.count
                let batch = Task { try await handle.batch(["INSERT INTO t VALUES(1)", "INSERT INTO t VALUES(2)"]) }
                await calls.reach(before + 3)
                try await writer.execute("INSERT INTO t VALUES(0)")
                return batch
            }
            #expect(try await batch.value.count == 2)
            #expect(try await writer.int("SELECT count(*) FROM t") == 3)
            driver.reclaim(other, loan: .second)
            await driver.close(other)
        }
    }

    @Test("is stopped by cancellation between its statements, with nothing done")
    func cancelled() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            let before = calls.count
            let batch = Task { try await handle.batch((0..<1_000_000).map { "INSERT INTO t VALUES(\($0))" }) }
            await calls.reach(before + 100)
            batch.cancel()
            await #expect(throws: CancellationError.self) { try await batch.value }
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }
}
