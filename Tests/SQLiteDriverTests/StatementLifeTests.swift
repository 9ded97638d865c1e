import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A statement is not ended while it is needed", .timeLimit(.minutes(2))) struct StatementLifeTests {
    let scratch = try! Scratch()

    @Test("by the driver's own ones in a cache for a single one")
    func tinyCache() async throws {
        try await SQLite(path: scratch.path(), statementCacheCapacity: 1).lending { handle, _ async throws in
            try await handle.execute("CREATE TEMP TABLE scratch AS SELECT 42 AS v")
            #expect(try await handle.int("SELECT v FROM scratch") == 42)
            try await handle.execute("ATTACH ':memory:' AS aux")
            try await handle.execute("CREATE TABLE aux.a(v)")
        }
    }

    @Test("by a lock that its stream meets, though it is for one run")
    func lockedOneOff() async throws {
        let driver = SQLite(path: scratch.path(), busyTimeout: .milliseconds(60))
        try await driver.lending { holder, _ async throws in
            _ = try await holder.beginTransaction(.readWrite)
            try await driver.lending { handle, _ async throws in
                #expect(
                    try await kind {
                        for try await _ in try await handle.stream("PRAGMA user_version = 7") {}
                    } == .busy)
                #expect(try await handle.int("PRAGMA user_version") == 0)
                await holder.rollBackTransaction(depth: 1)
                for try await _ in try await handle.stream("PRAGMA user_version = 7") {}
                #expect(try await handle.int("PRAGMA user_version") == 7)
            }
        }
    }

    @Test("nor kept beyond its one run because its values were refused")
    func refusedOneOff() async throws {
        let pool = try Pool(SQLite(path: scratch.path()), configuration: PoolConfiguration(min: 1, max: 1))
        let refused = SQLQuery(unsafe: "PRAGMA cache_size = 77", binds: [.integer(1)])
        #expect(try await kind { try await pool.execute(refused) } == .syntax)
        try await pool.withConnection { handle async throws in
            #expect(try await handle.int("PRAGMA cache_size") != 77)
            try await handle.execute(SQLQuery(unsafe: "PRAGMA cache_size = 77"))
            #expect(try await handle.int("PRAGMA cache_size") == 77)
        }
        _ = await pool.shutdown()
    }

    @Test("but a stream that has thrown is over, whoever keeps its iterator")
    func thrown() async throws {
        let driver = SQLite(path: scratch.path(), journalMode: .delete, busyTimeout: .milliseconds(20))
        try await driver.lending { holder, _ async throws in
            try await holder.execute("CREATE TABLE t(v)")
            try await driver.lending { handle, _ async throws in
                _ = try await handle.query("SELECT * FROM t")
                var iterator = try await handle.stream("SELECT * FROM t").makeAsyncIterator()
                try await holder.execute("BEGIN EXCLUSIVE")
                #expect(try await kind { try await iterator.next() } == .busy)
                #expect(try await handle.int("SELECT 42") == 42)
                #expect(try await iterator.next() == nil)
                try await holder.execute("ROLLBACK")
            }
        }
    }

    @Test("and a blob that is closed beside a stream that was left costs nothing")
    func blobAndStream() async throws {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(b)")
            try await handle.execute("INSERT INTO t VALUES(zeroblob(4))")
            try await handle.withBlob(in: "t", column: "b", row: 1) { _ in
                let rows = try await handle.stream(
                    """
                    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) SELECT x, b FROM c, t
                    """)
                for try await _ in rows { break }
            }
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("and cancellation of a stream that writes is only told if it has written nothing")
    func cancelledWriter() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            let wasCancelled = await Task {
                do {
                    let rows = try await handle.stream(
                        """
                        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000) INSERT INTO t(v) SELECT x FROM c RETURNING v
                        """)
                    for try await _ in rows { withUnsafeCurrentTask { $0?.cancel() } }
                    return false
                } catch {
                    return true
                }
            }.value
            #expect(try await handle.int("SELECT count(*) FROM t") == (wasCancelled ? 0 : 1000))
        }
    }
}
