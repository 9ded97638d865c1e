import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Transactions", .timeLimit(.minutes(1)))
struct TransactionTests {
    private func lending(_ body: (PGHandle, PGConnection) async throws -> Void) async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int PRIMARY KEY)")
            try await body(handle, connection)
        }
    }

    struct Refusal: Error {}

    @Test("are committed when their body returns, and rolled back when it throws; savepoints likewise")
    func nesting() async throws {
        try await lending { (handle, _) async throws -> Void in
            try await handle.transaction { try await $0.execute("INSERT INTO t VALUES (1)") }
            await #expect(throws: Refusal.self) {
                try await handle.transaction {
                    try await $0.execute("INSERT INTO t VALUES (2)")
                    throw Refusal()
                }
            }
            try await handle.transaction { outer in
                try await outer.execute("INSERT INTO t VALUES (3)")
                let error = try await sqlError {
                    try await outer.transaction { inner in
                        try await inner.execute("INSERT INTO t VALUES (4)")
                        try await inner.execute("INSERT INTO t VALUES (4)")
                    }
                }
                #expect(error?.kind == .uniqueViolation)
                try await outer.transaction { try await $0.execute("INSERT INTO t VALUES (5)") }
            }
            #expect(try await handle.text("SELECT string_agg(a::text, ',' ORDER BY a) FROM t") == "1,3,5")
        }
    }

    @Test("have the isolation and the access that were asked for")
    func options() async throws {
        try await lending { (handle, connection) async throws -> Void in
            for (isolation, name) in [
                (SQLTransactionOptions.Isolation.readCommitted, "read committed"),
                (.repeatableRead, "repeatable read"), (.serializable, "serializable"),
            ] {
                try await handle.transaction(
                    SQLTransactionOptions(access: .readOnly, isolation: isolation, isDeferrable: true)
                ) {
                    let found = try await $0.text("SHOW transaction_isolation")
                    let access = try await $0.text("SHOW transaction_read_only")
                    let isDeferrable = try await $0.text("SHOW transaction_deferrable")
                    #expect(found == name && access == "on" && isDeferrable == "on")
                }
            }
            let error = try await sqlError {
                try await handle.transaction(.readOnly) { try await $0.execute("CREATE TABLE never(a int)") }
            }
            #expect(error?.kind == .readOnly)
            // What a borrower asked for himself says nothing about the server.
            #expect(Server.driver.verdict(on: try #require(error)) == .keep)
        }
    }

    @Test("whose statement has failed are not taken for committed")
    func failedCommit() async throws {
        try await lending { (handle, connection) async throws -> Void in
            let error = try await sqlError {
                try await handle.transaction {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                    _ = try? await $0.execute("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error?.kind == .transactionLost)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
            let deferred = try await sqlError {
                try await handle.execute("CREATE TEMP TABLE d(a int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
                try await handle.transaction { try await $0.execute("INSERT INTO d VALUES (9)") }
            }
            #expect(deferred?.kind == .foreignKeyViolation)
            #expect(try await handle.int("SELECT count(*)::int FROM d") == 0)
        }
    }

    @Test("that somebody ends by hand take the statements after them along")
    func endedByHand() async throws {
        try await lending { (handle, _) async throws -> Void in
            let error = try await sqlError {
                try await handle.transaction {
                    try await $0.execute("COMMIT")
                    try await $0.execute("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error?.kind == .transactionLost)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("a batch is one transaction, in one turn or in many; its error names the statement", arguments: [3, 2000])
    func batch(_ count: Int) async throws {
        try await lending { (handle, connection) async throws -> Void in
            let results = try await handle.batch((0..<count).map { "INSERT INTO t VALUES (\($0))" })
            #expect(results.count == count && results.allSatisfy { $0.rowsAffected == 1 })
            let error = try await sqlError {
                try await handle.batch((0..<count).map { "INSERT INTO t VALUES (\($0 == count - 1 ? 0 : count + $0))" })
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.message.hasPrefix("statement \(count) of \(count): ") == true)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == count)
            try await handle.transaction { outer in
                let nested = try await sqlError {
                    try await outer.batch(["INSERT INTO t VALUES (-1)", "INSERT INTO t VALUES (-1)"])
                }
                #expect(nested?.kind == .uniqueViolation)
                try await outer.execute("INSERT INTO t VALUES (-2)")
            }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == count + 1)
            let unknown = try await sqlError {
                try await handle.batch(["INSERT INTO t VALUES (-3)", "INSERT INTO u VALUES (1)"])
            }
            #expect(unknown?.message.hasPrefix("statement 2 of 2: ") == true)
            #expect(try await handle.int("SELECT count(*)::int FROM t WHERE a = -3") == 0)
        }
    }

    @Test("a batch that is larger than the socket's buffers does not hang")
    func largeBatch() async throws {
        try await lending { (handle, _) async throws -> Void in
            let text = String(repeating: "x", count: 100_000)
            let results = try await handle.batch((0..<300).map { _ in "SELECT \(text)::text" })
            #expect(results.count == 300)
        }
    }

    @Test("a batch takes values of other types than those that its statement was prepared for")
    func otherTypes() async throws {
        try await lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE n(a numeric)")
            let values: [SQLValue] = [.integer(1), .double(2.5), .text("3.25"), .integer(1 << 40), .null, .integer(2)]
            for batch in [[values[0], values[5]], [values[1]], values, [values[2]]] {
                let results = try await handle.batch(batch.map { "INSERT INTO n VALUES (\($0))" })
                #expect(results.map(\.rowsAffected) == batch.map { _ in 1 })
            }
            #expect(
                try await handle.text("SELECT string_agg(a::text, ' ' ORDER BY a) FROM n")
                    == "1 1 2 2 2.5 2.5 3.25 3.25 1099511627776")
            // One that no type will do for is refused still, and nothing of its batch is done.
            let error = try await sqlError {
                try await handle.batch(
                    [.integer(1), .text("a\0b")].map { (value: SQLValue) in "INSERT INTO n VALUES (\(value))" })
            }
            #expect(error?.kind == .typeMismatch && error?.message.contains("statement 2 of 2") == true)
            #expect(try await handle.int("SELECT count(*)::int FROM n") == 10)
        }
    }

    @Test("a batch of more statements than the cache keeps, each another one")
    func manyStatements() async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = 3
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            let queries = (0..<20).map { SQLQuery(unsafe: "INSERT INTO t VALUES (\($0))") }
            #expect(try await handle.batch(queries).count == 20)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 20)
        }
        driver.statementCacheCapacity = 0
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            #expect(try await handle.batch((0..<20).map { "INSERT INTO t VALUES (\($0))" }).count == 20)
        }
    }

    @Test("a batch that is stopped has done nothing, and the connection goes on")
    func stoppedBatch() async throws {
        try await lending { handle, connection in
            let late = try await sqlError {
                try await handle.until(.now + .milliseconds(100)).batch([
                    "INSERT INTO t VALUES (1)", "SELECT pg_sleep(60)", "INSERT INTO t VALUES (2)",
                ])
            }
            #expect(late?.kind == .interrupted)
            let observer = try Observer()
            let process = try await handle.process()
            let task = Task { try await handle.batch(["INSERT INTO t VALUES (1)", "SELECT pg_sleep(60)"]) }
            #expect(try await eventually { try await observer.isActive(process) })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            await observer.end()
            // In the midst of being sent, which the sleeping server does not read.
            let text = String(repeating: "x", count: 1_000_000)
            let large = try await sqlError {
                try await handle.until(.now + .milliseconds(200)).batch(
                    ["SELECT pg_sleep(60)"] + (0..<20).map { _ in "SELECT \(text)::text" })
            }
            #expect(large?.kind == .interrupted)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }
}
