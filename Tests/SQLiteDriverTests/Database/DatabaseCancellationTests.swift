import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A cancelled task of an SQLiteDatabase", .timeLimit(.minutes(1))) struct DatabaseCancellationTests {
    let scratch = try! Scratch()

    @Test("no longer waits for its turn to write, and the next one has it")
    func waitingWrite() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            let (began, end) = (Latch(), Latch())
            async let first: Void = database.write { handle in
                try await handle.execute("INSERT INTO t VALUES(1)")
                began.open()
                await end.wait()
            }
            await began.wait()
            let cancelled = Task { try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(2)") } }
            await database.writersWaiting(1)
            let third = Task { try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(3)") } }
            await database.writersWaiting(2)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            end.open()
            try await first
            try await third.value
            #expect(try await database.int("SELECT sum(v) FROM t") == 4)
        }
    }

    @Test("no longer waits for a reader")
    func waitingRead() async throws {
        try await withDatabase(SQLite(path: scratch.path()), readers: 1) { database async throws in
            let (began, end) = (Latch(), Latch())
            async let first: Void = database.read { _ in
                began.open()
                await end.wait()
            }
            await began.wait()
            let cancelled = Task { try await database.read { try await $0.int("SELECT 1") } }
            await database.readersWaiting(1)
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            end.open()
            try await first
            #expect(try await database.int("SELECT 42") == 42)
        }
    }

    @Test("has what it was writing stopped and undone", arguments: 0..<3)
    func runningWrite(_: Int) async throws {
        // Unchecked: a check that takes too long on a busy machine would have the connection replaced.
        let configuration = PoolConfiguration(resetTimeout: .seconds(20), validation: .never)
        try await withDatabase(SQLite(path: scratch.path()), configuration: configuration) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            let calls = Calls(on: database.writer.driver.executor)
            let before = calls.count
            let running = Task {
                try await database.write { handle in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    try await handle.execute(
                        "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c")
                }
            }
            // BEGIN and two statements.
            await calls.reach(before + 3)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await database.int("SELECT count(*) FROM t") == 0)
            try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(2)") }
            #expect(try await database.int("SELECT sum(v) FROM t") == 2)
            #expect(database.writer.statistics.connected == 1)
        }
    }

    @Test("has what it was reading stopped, and its reader serves the next", arguments: 0..<3)
    func runningRead(_: Int) async throws {
        let (calls, endings) = (Calls(), Endings())
        try await withDatabase(
            SQLite(path: scratch.path(), executor: calls.executor), readers: 1,
            configuration: PoolConfiguration(resetTimeout: .seconds(20), validation: .never), observers: [endings]
        ) { database async throws in
            try await database.warmUp()
            let before = calls.count
            let running = Task { try await database.read { try await $0.query(endless) } }
            await calls.reach(before + 2)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await database.int("SELECT 42") == 42)
            #expect(database.readers.statistics.connected == 1, "\(endings)")
        }
    }
}
