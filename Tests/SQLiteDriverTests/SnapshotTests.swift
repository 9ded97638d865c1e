import CSQLite
import Foundation
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

/// A reader's snapshot keeps SQLite from starting its log anew: a forgotten one lets the file grow without bound.
@Suite("A read snapshot (F45)", .timeLimit(.minutes(2))) struct SnapshotTests {
    let scratch = try! Scratch()

    @Test("ends with the loan that left its transaction open, and the log stays bounded")
    func openTransaction() async throws {
        let pool = try Pool(
            SQLite(path: scratch.path(), onConnect: { try await $0.execute("PRAGMA wal_autocheckpoint = 16") }),
            configuration: PoolConfiguration(max: 2))
        try await pool.execute("CREATE TABLE t(v)")
        var longest = 0
        // One connection writes all the time, the other one is lent and comes back with a snapshot.
        try await pool.withConnection { writer in
            for _ in 0..<10 {
                try await pool.withConnection { reader in
                    try await reader.execute("BEGIN")
                    _ = try await reader.query("SELECT count(*) FROM t")
                }
                // Lent again only when it is clean.
                let count = try await pool.query("SELECT count(*) FROM t")[0].decode(Int.self)
                for _ in 0..<40 { try await writer.execute("INSERT INTO t VALUES(zeroblob(4000))") }
                #expect(try await pool.query("SELECT count(*) FROM t")[0].decode(Int.self) == count + 40)
                let size = try FileManager.default.attributesOfItem(atPath: scratch.path("test.db-wal"))[.size]
                longest = max(longest, (size as? Int) ?? .max)
            }
        }
        // 400 insertions are more than 1.6 MB of log.
        #expect(longest < 400_000, "the log has \(longest) bytes")
        #expect(await pool.shutdown().isClean)
    }

    @Test("of an unfinished statement ends when the connection is reset")
    func unfinishedStatement() async throws {
        let driver = SQLite(path: scratch.path())
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        try await handle.execute("CREATE TABLE t(v)")
        try await handle.batch((0..<100).map { "INSERT INTO t VALUES(\($0))" })
        var rows = try await handle.stream("SELECT v FROM t").makeAsyncIterator()
        _ = try await rows.next()
        let state = try await driver.executor.run { sqlite3_txn_state(connection.database, nil) }
        #expect(state == SQLITE_TXN_READ)
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .dirty)
        try await driver.reset(connection)
        #expect(driver.condition(of: connection) == .ready)
        #expect(try await holdsNothing(connection))
        await driver.close(connection)
    }

    @Test("of a statement ends with it, whatever becomes of it")
    func everyOutcome() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), busyTimeout: .zero, executor: calls.executor)
        try await driver.lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v UNIQUE)")
            try await handle.execute("INSERT INTO t VALUES(1), (2), (3)")

            _ = try await handle.query("SELECT v FROM t")
            #expect(try await holdsNothing(connection))
            // Rows that nobody asked for.
            try await handle.execute("SELECT v FROM t")
            #expect(try await holdsNothing(connection))
            // Fails at its second row.
            let overflow: SQLQuery = "SELECT abs(CASE v WHEN 2 THEN -9223372036854775807 - 1 ELSE v END) FROM t"
            #expect(try await kind { try await handle.query(overflow) } == .other)
            #expect(try await holdsNothing(connection))
            #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(9), (1)") } == .uniqueViolation)
            #expect(try await holdsNothing(connection))
            #expect(
                try await kind { try await handle.query(SQLQuery(unsafe: "SELECT v FROM t WHERE v = ?")) } == .syntax)
            #expect(try await holdsNothing(connection))

            let before = calls.count
            let running = Task { try await handle.query("SELECT * FROM t AS a, t AS b WHERE (\(endless)) = 0") }
            await calls.reach(before + 1)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await holdsNothing(connection))

            try await driver.lending { other, _ async throws in
                try await other.execute("BEGIN IMMEDIATE")
                let blocked = try await kind { try await handle.execute("INSERT INTO t SELECT v + 10 FROM t") }
                #expect(blocked == .busy)
                try await other.execute("COMMIT")
            }
            #expect(try await holdsNothing(connection))
        }
    }

    /// Whether no statement is unfinished and no transaction is open, a reader's included.
    func holdsNothing(_ connection: SQLiteConnection) async throws -> Bool {
        try await connection.settings.executor.run {
            var statement = sqlite3_next_stmt(connection.database, nil)
            while let current = statement {
                if sqlite3_stmt_busy(current) != 0 { return false }
                statement = sqlite3_next_stmt(connection.database, current)
            }
            return sqlite3_txn_state(connection.database, nil) == SQLITE_TXN_NONE
        }
    }
}
