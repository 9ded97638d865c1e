import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("Nobody is told", .timeLimit(.minutes(1))) struct NoChangeTests {
    let changes = ChangeTests()

    @Test("of what a write has undone by throwing")
    func thrown() async throws {
        struct Refusal: Error {}
        try await changes.changing { database, _ async throws in
            for _ in 0..<3 {
                await #expect(throws: Refusal.self) {
                    try await database.write { handle in
                        try await handle.execute("DELETE FROM t")
                        try await handle.execute("CREATE TABLE n(v)")
                        try await handle.withBlob(in: "files", column: "body", row: 1, access: .readWrite) {
                            try await $0.write([1])
                        }
                        throw Refusal()
                    }
                }
            }
        }
    }

    @Test("of what was undone by hand")
    func byHand() async throws {
        try await changes.changing { database, _ async throws in
            try await database.writer.withConnection { handle in
                try await handle.execute("BEGIN IMMEDIATE")
                try await handle.execute("DELETE FROM t")
                try await handle.execute("CREATE TABLE n(v)")
                try await handle.execute("ROLLBACK")
            }
        }
    }

    @Test("of what the pool has undone after a loan that left it open")
    func leftOpen() async throws {
        try await changes.changing { database, _ async throws in
            try await database.writer.withConnection { handle in
                try await handle.execute("BEGIN IMMEDIATE")
                try await handle.execute("DELETE FROM t")
            }
        }
    }

    @Test("of what SQLite has undone by itself")
    func conflict() async throws {
        try await changes.changing { database, _ async throws in
            #expect(
                try await kind {
                    try await database.write { handle in
                        try await handle.execute("DELETE FROM keyed")
                        try await handle.execute("INSERT OR ROLLBACK INTO t VALUES(8, 'h'), (1, 'a')")
                    }
                } == .uniqueViolation)
            #expect(try await kind { try await database.execute("INSERT INTO t VALUES(8, 'h'), (1, 'a')") } != nil)
            #expect(try await database.int("SELECT (SELECT count(*) FROM keyed) + (SELECT count(*) FROM t)") == 3)
        }
    }

    @Test("of what a batch has undone")
    func batch() async throws {
        try await changes.changing { database, _ async throws in
            #expect(try await kind { try await database.batch(["DELETE FROM t", "nonsense"]) } == .syntax)
        }
    }

    @Test("of what a cancelled write has undone")
    func cancelled() async throws {
        try await changes.changing { database, _ async throws in
            let calls = Calls(on: database.writer.driver.executor)
            let before = calls.count
            let running = Task {
                try await database.write { handle in
                    try await handle.execute("DELETE FROM t")
                    _ = try await handle.query(endless)
                }
            }
            await calls.reach(before + 3)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
        }
    }

    @Test("of statements that change nothing, nor of temporary tables and checkpoints")
    func nothing() async throws {
        try await changes.changing { database, _ async throws in
            try await database.execute("UPDATE t SET v = 1 WHERE id = 77")
            try await database.execute("INSERT OR IGNORE INTO t VALUES(1, 'a')")
            try await database.execute("DELETE FROM mark")
            try await database.write { handle in
                _ = try await handle.query("SELECT * FROM t")
                try await handle.execute("CREATE TEMP TABLE mine(v)")
                try await handle.execute("INSERT INTO mine VALUES(1)")
            }
            try await database.checkpoint(.truncate)
        }
    }
}
