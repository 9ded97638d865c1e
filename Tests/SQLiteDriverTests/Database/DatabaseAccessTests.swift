import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

@Suite("One writer and several readers", .timeLimit(.minutes(1))) struct DatabaseAccessTests {
    let scratch = try! Scratch()

    @Test("see one moment in a read, whatever is committed meanwhile", arguments: SQLite.Execution.allCases)
    func snapshot(execution: SQLite.Execution) async throws {
        try await withDatabase(SQLite(path: scratch.path(), execution: execution)) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await database.read { reader async throws in
                #expect(try await reader.int("SELECT count(*) FROM t") == 0)
                for number in 1...20 {
                    try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(\(number))") }
                    #expect(try await reader.int("SELECT count(*) FROM t") == 0)
                    #expect(try await database.int("SELECT count(*) FROM t") == number)
                }
            }
            #expect(try await database.read { try await $0.int("SELECT count(*) FROM t") } == 20)
        }
    }

    @Test("may read and then write in one transaction, with others writing meanwhile (F41)")
    func upgrade() async throws {
        try await withDatabase(SQLite(path: scratch.path(), busyTimeout: .zero)) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<20 {
                            try await database.write { handle in
                                let count = try await handle.int("SELECT count(*) FROM t")
                                await Task.yield()
                                try await handle.execute("INSERT INTO t VALUES(\(count))")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // Each saw what the ones before it had done: no two counts are alike.
            #expect(try await database.int("SELECT count(DISTINCT v) FROM t") == 160)
        }
    }

    @Test("wait for the writer's turn in the pool, in their order, and make no call into SQLite until then (F42)")
    func queue() async throws {
        try await withDatabase(SQLite(path: scratch.path(), busyTimeout: .zero)) { database async throws in
            try await database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
            let calls = Calls(on: database.writer.driver.executor)
            let (began, end) = (Latch(), Latch())
            async let first: Void = database.write { handle in
                try await handle.execute("INSERT INTO t(v) VALUES(0)")
                began.open()
                await end.wait()
            }
            await began.wait()
            let before = calls.count
            var waiters: [Task<Void, any Error>] = []
            for number in 1...8 {
                waiters.append(
                    Task { try await database.write { _ = try await $0.execute("INSERT INTO t(v) VALUES(\(number))") } }
                )
                await database.writersWaiting(number)
            }
            #expect(calls.count == before)
            end.open()
            try await first
            for waiter in waiters { try await waiter.value }
            #expect(
                try await database.query("SELECT v FROM t ORDER BY id").map { try $0.decode(Int.self) } == Array(0...8))
            #expect(calls.strays == 0)
        }
    }

    @Test("undo what a body has written that throws, and tell what it threw", arguments: SQLite.Execution.allCases)
    func rollback(execution: SQLite.Execution) async throws {
        struct Refusal: Error {}
        try await withDatabase(SQLite(path: scratch.path(), execution: execution)) { database async throws in
            try await database.execute("CREATE TABLE t(v UNIQUE)")
            await #expect(throws: Refusal.self) {
                try await database.write { handle in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    throw Refusal()
                }
            }
            #expect(
                try await kind {
                    try await database.write { handle in
                        try await handle.execute("INSERT INTO t VALUES(2)")
                        try await handle.execute("INSERT INTO t VALUES(2)")
                    }
                } == .uniqueViolation)
            await #expect(throws: Refusal.self) { try await database.read { _ in throw Refusal() } }
            #expect(try await database.int("SELECT count(*) FROM t") == 0)
            try await database.write { _ = try await $0.execute("INSERT INTO t VALUES(3)") }
            #expect(try await database.int("SELECT v FROM t") == 3)
        }
    }

    @Test("run single statements and batches, all of a batch or none")
    func single() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)")
            #expect(try await database.execute("INSERT INTO t(v) VALUES('a')").lastInsertID == 1)
            let results = try await database.batch(["INSERT INTO t(v) VALUES('b')", "UPDATE t SET v = v || 'x'"])
            #expect(results.map(\.rowsAffected) == [1, 2])
            #expect(
                try await kind {
                    try await database.batch(["DELETE FROM t", "INSERT INTO t(v) VALUES('c')", "nonsense"])
                } == .syntax)
            let rows = try await database.query("SELECT v FROM t ORDER BY id").map { try $0.decode(String.self) }
            #expect(rows == ["ax", "bx"])
        }
    }

    @Test("refuse a write in a write of the same task at once; a read in it sees what is committed")
    func nested() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await database.write { handle in
                try await handle.execute("INSERT INTO t VALUES(1)")
                let began = ContinuousClock.now
                #expect(try await code { try await database.write { _ in } } == .nestedAcquireWouldDeadlock)
                #expect(
                    try await code { try await database.execute("INSERT INTO t VALUES(2)") }
                        == .nestedAcquireWouldDeadlock)
                #expect(
                    try await code { try await database.batch(["INSERT INTO t VALUES(2)"]) }
                        == .nestedAcquireWouldDeadlock)
                #expect(.now - began < .seconds(10))
                #expect(try await database.read { try await $0.int("SELECT count(*) FROM t") } == 0)
                #expect(try await handle.int("SELECT count(*) FROM t") == 1)
            }
            #expect(try await database.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("stream rows of one moment from a read, and of what it has written from a write")
    func streams() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await database.write { handle in
                try await handle.execute(
                    "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000) SELECT x FROM c"
                )
                var count = 0
                for try await _ in try await handle.stream("SELECT v FROM t") { count += 1 }
                #expect(count == 2000)
            }
            try await database.read { handle in
                var sum = 0
                for try await row in try await handle.stream("SELECT v FROM t") {
                    if sum == 0 { try await database.execute("DELETE FROM t") }
                    sum += try row.decode(Int.self)
                }
                #expect(sum == 2_001_000)
            }
            #expect(try await database.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("write blobs in a write, and read them as they were in a read")
    func blobs() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            // The reader has seen the file without the table.
            try await database.warmUp()
            try await database.execute("CREATE TABLE files(body BLOB)")
            try await database.write { handle in
                let row = try await handle.execute("INSERT INTO files VALUES(zeroblob(10000))").lastInsertID ?? 0
                try await handle.withBlob(in: "files", column: "body", row: row, access: .readWrite) {
                    try await $0.write([1, 2, 3], at: 9000)
                }
            }
            try await database.read { handle in
                try await handle.withBlob(in: "files", column: "body", row: 1) { blob in
                    #expect(try await blob.read(3, at: 9000) == [1, 2, 3])
                    try await database.execute("UPDATE files SET body = zeroblob(5)")
                    #expect(try await blob.read(3, at: 9000) == [1, 2, 3])
                }
            }
            #expect(try await database.int("SELECT length(body) FROM files") == 5)
        }
    }
}
