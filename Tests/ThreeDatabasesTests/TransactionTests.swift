import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Transactions are the same on every database", .timeLimit(.minutes(2)))
struct TransactionTests {
    private struct Refusal: Error {}

    @Test("nest, and what an inner one undoes is undone alone", arguments: Database.allCases)
    func nesting(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool { pool in
                try await pool.withConnection { try await $0.make("three_nested", "v BIGINT PRIMARY KEY") }
                try await pool.transaction { outer in
                    try await outer.execute("INSERT INTO three_nested VALUES (1)")
                    await #expect(throws: Refusal.self) {
                        try await outer.transaction { inner in
                            try await inner.execute("INSERT INTO three_nested VALUES (2)")
                            try await inner.transaction { try await $0.execute("INSERT INTO three_nested VALUES (3)") }
                            throw Refusal()
                        }
                    }
                    try await outer.transaction { inner in
                        try await inner.execute("INSERT INTO three_nested VALUES (4)")
                        await #expect(throws: Refusal.self) {
                            try await inner.transaction { innermost async throws -> Void in
                                try await innermost.execute("INSERT INTO three_nested VALUES (5)")
                                throw Refusal()
                            }
                        }
                    }
                    // Nobody else sees it yet.
                    #expect(try await pool.query("SELECT * FROM three_nested").isEmpty)
                }
                await #expect(throws: Refusal.self) {
                    try await pool.transaction { connection async throws -> Void in
                        try await connection.execute("INSERT INTO three_nested VALUES (6)")
                        throw Refusal()
                    }
                }
                try await pool.withConnection { connection in
                    #expect(try await connection.column("SELECT v FROM three_nested ORDER BY v") == [1, 4])
                    try await connection.drop("three_nested")
                }
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("for reading refuse to write, and no connection is closed for that", arguments: Database.allCases)
    func readOnly(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 2) { pool in
                try await pool.withConnection { try await $0.make("three_read", "v BIGINT") }
                for _ in 0..<3 {
                    let error = try await sqlError {
                        try await pool.transaction(.readOnly) { connection in
                            #expect(try await connection.int("SELECT COUNT(*) FROM three_read") == 0)
                            try await connection.execute("INSERT INTO three_read VALUES (1)")
                        }
                    }
                    #expect(error?.kind == .readOnly, "\(error as Any)")
                }
                // The next one may.
                try await pool.execute("INSERT INTO three_read VALUES (1)")
                try await pool.execute("DROP TABLE three_read")
                #expect(pool.statistics.closed == 0)
                #expect(pool.statistics.connected == 1)
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("of every isolation can be had", arguments: Database.allCases)
    func isolations(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await pool.withConnection { try await $0.make("three_isolated", "v BIGINT") }
                for isolation in [SQLTransactionOptions.Isolation.readCommitted, .repeatableRead, .serializable] {
                    for access in [SQLTransactionOptions.Access.readWrite, .readOnly] {
                        try await pool.transaction(.init(access: access, isolation: isolation)) { connection in
                            _ = try await connection.query("SELECT * FROM three_isolated")
                            if access == .readWrite {
                                try await connection.execute("INSERT INTO three_isolated VALUES (1)")
                            }
                        }
                    }
                }
                try await pool.withConnection { connection in
                    #expect(try await connection.int("SELECT COUNT(*) FROM three_isolated") == 3)
                    try await connection.drop("three_isolated")
                }
            }
        }
        try await database.open { try await check($0) }
    }

    /// A body that returns is committed, whatever has become of its task meanwhile. What it does in a cancelled task is
    /// refused by the servers' drivers; SQLite's does a statement that is over sooner than it looks (see its
    /// `Interruption`).
    @Test("end with their body, in a cancelled task, too", arguments: Database.allCases)
    func cancelled(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await pool.withConnection { try await $0.make("three_cancelled", "v BIGINT") }
                for doesMore in [false, true] {
                    let task = Task {
                        try await pool.transaction { connection in
                            try await connection.execute("INSERT INTO three_cancelled VALUES (\(doesMore ? 2 : 1))")
                            withUnsafeCurrentTask { $0?.cancel() }
                            if doesMore { try await connection.execute("INSERT INTO three_cancelled VALUES (3)") }
                        }
                    }
                    if doesMore, database != .sqlite {
                        await #expect(throws: CancellationError.self) { try await task.value }
                    } else {
                        try await task.value
                    }
                }
                let found: [Int] = try await pool.withConnection {
                    try await $0.column("SELECT v FROM three_cancelled ORDER BY v")
                }
                #expect(found == (database == .sqlite ? [1, 2, 3] : [1]))
                try await pool.execute("DROP TABLE three_cancelled")
                #expect(pool.statistics.closed == 0)
            }
        }
        try await database.open { try await check($0) }
    }
}
