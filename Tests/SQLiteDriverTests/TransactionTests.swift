import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A transaction", .timeLimit(.minutes(1))) struct TransactionTests {
    let scratch = try! Scratch()
    struct Refusal: Error {}

    func withTable<R: Sendable>(_ body: (SQLiteHandle, SQLiteConnection) async throws -> R) async throws -> R {
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v UNIQUE)")
            return try await body(handle, connection)
        }
    }

    @Test("is committed when its body returns, and gives back what that returned")
    func commit() async throws {
        try await withTable { handle, connection async throws in
            let count = try await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO t VALUES(1)")
                #expect(SQLite(path: "").condition(of: connection) == .dirty)
                return try await handle.int("SELECT count(*) FROM t")
            }
            #expect(count == 1)
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("is rolled back when its body throws")
    func rollBack() async throws {
        try await withTable { handle, _ async throws in
            await #expect(throws: Refusal.self) {
                try await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    throw Refusal()
                }
            }
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("inside of another is a savepoint: undone alone, or with it")
    func nesting() async throws {
        try await withTable { handle, _ async throws in
            try await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO t VALUES(1)")
                try? await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(2)")
                    try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(3)") }
                    throw Refusal()
                }
                try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(4)") }
            }
            #expect(try await handle.query("SELECT v FROM t ORDER BY v").map { try $0.decode(Int.self) } == [1, 4])
            try? await handle.transaction { handle async throws in
                try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(5)") }
                throw Refusal()
            }
            #expect(try await handle.int("SELECT count(*) FROM t") == 2)
        }
    }

    @Test("inside of one that was begun by hand is a savepoint, too")
    func foreign() async throws {
        try await withTable { handle, connection async throws in
            try await handle.execute("BEGIN")
            try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
            try? await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO t VALUES(2)")
                throw Refusal()
            }
            #expect(SQLite(path: "").condition(of: connection) == .dirty)
            try await handle.execute("COMMIT")
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("survives the failure of one of its statements")
    func constraint() async throws {
        try await withTable { handle, _ async throws in
            try await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO t VALUES(1)")
                #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(1)") } == .uniqueViolation)
                try await handle.execute("INSERT INTO t VALUES(2)")
            }
            #expect(try await handle.int("SELECT count(*) FROM t") == 2)
        }
    }

    @Test("for reading refuses writes, and the connection can write afterwards")
    func readOnly() async throws {
        try await withTable { handle, connection async throws in
            try await handle.transaction(.readOnly) { handle async throws in
                #expect(try await handle.int("SELECT count(*) FROM t") == 0)
                #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(1)") } == .readOnly)
            }
            #expect(SQLite(path: "").condition(of: connection) == .ready)
            #expect(try await handle.execute("INSERT INTO t VALUES(1)").rowsAffected == 1)
        }
    }

    @Test("that SQLite has ended refuses whatever follows, so that nothing takes effect alone (F44)")
    func lost() async throws {
        try await withTable { handle, connection async throws in
            try await handle.execute("INSERT INTO t VALUES(1)")
            let outcome = try await kind {
                try await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(2)")
                    #expect(
                        try await kind { try await handle.execute("INSERT OR ROLLBACK INTO t VALUES(1)") }
                            == .uniqueViolation)
                    #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(3)") } == .transactionLost)
                    #expect(try await kind { try await handle.query("SELECT 1") } == .transactionLost)
                    #expect(try await kind { try await handle.transaction { _ in } } == .transactionLost)
                    #expect(SQLite(path: "").condition(of: connection) == .broken)
                }
            }
            #expect(outcome == .transactionLost)
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test("of which one statement is stopped refuses whatever follows, so that nothing takes effect alone (F44)")
    func interrupted() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v)")
            let outcome = try await kind {
                try await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    let before = calls.count
                    // Its own task, so that only this statement is cancelled and the transaction goes on.
                    let running = Task { try await handle.execute("INSERT INTO t \(endless)") }
                    await calls.reach(before + 1)
                    running.cancel()
                    await #expect(throws: CancellationError.self) { try await running.value }
                    for _ in 0..<2 {
                        let insertion = try await kind { try await handle.execute("INSERT INTO t VALUES(3)") }
                        #expect(insertion == .transactionLost)
                    }
                    #expect(try await kind { try await handle.query("SELECT 1") } == .transactionLost)
                    #expect(try await kind { try await handle.transaction { _ in } } == .transactionLost)
                }
            }
            #expect(outcome == .transactionLost)
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
            try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(4)") }
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("that was ended by hand inside of its body refuses whatever follows")
    func endedByHand() async throws {
        try await withTable { handle, _ async throws in
            let outcome = try await kind {
                try await handle.transaction { handle async throws in
                    try await handle.execute("COMMIT")
                    try await handle.execute("INSERT INTO t VALUES(3)")
                }
            }
            #expect(outcome == .transactionLost)
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("that was begun by hand and lost refuses the rest of the loan")
    func lostByHand() async throws {
        try await withTable { handle, connection async throws in
            try await handle.execute("INSERT INTO t VALUES(1)")
            try await handle.execute("BEGIN")
            _ = try? await handle.execute("INSERT OR ROLLBACK INTO t VALUES(1)")
            #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(2)") } == .transactionLost)
            #expect(SQLite(path: "").condition(of: connection) == .broken)
        }
    }

    @Test("whose commit fails is rolled back")
    func deferredConstraint() async throws {
        try await withTable { handle, connection async throws in
            try await handle.execute("CREATE TABLE a(id INTEGER PRIMARY KEY)")
            try await handle.execute("CREATE TABLE b(a REFERENCES a DEFERRABLE INITIALLY DEFERRED)")
            let outcome = try await kind {
                try await handle.transaction { _ = try await $0.execute("INSERT INTO b VALUES(1)") }
            }
            #expect(outcome == .foreignKeyViolation)
            #expect(try await handle.int("SELECT count(*) FROM b") == 0)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }
}
