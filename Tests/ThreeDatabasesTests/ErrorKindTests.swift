import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Errors are of the same kind on every database", .timeLimit(.minutes(2)))
struct ErrorKindTests {
    private static let canary = "canary-4711"

    /// A statement, and what it is refused with.
    private static let refusals: [(statement: SQLQuery, kind: SQLError.Kind)] = [
        ("INSERT INTO three_parents VALUES (\(1), \("other"))", .uniqueViolation),
        ("INSERT INTO three_parents VALUES (\(2), \(canary))", .uniqueViolation),
        ("UPDATE three_parents SET name = \(canary) WHERE id = 3", .uniqueViolation),
        ("INSERT INTO three_parents VALUES (\(2), \(nil as String?))", .notNullViolation),
        ("UPDATE three_parents SET name = NULL", .notNullViolation),
        ("INSERT INTO three_children VALUES (\(2), \(99), \(5))", .foreignKeyViolation),
        ("DELETE FROM three_parents WHERE id = 1", .foreignKeyViolation),
        ("INSERT INTO three_children VALUES (\(2), \(1), \(-5))", .checkViolation),
        ("SELEC 1", .syntax),
        ("SELECT 'open", .syntax),
        ("SELECT * FROM three_missing", .syntax),
        ("INSERT INTO three_missing VALUES (\(canary))", .syntax),
        ("DROP TABLE three_missing", .syntax),
        ("SELECT missing FROM three_parents", .syntax),
        ("SELECT missing_function(1)", .syntax),
        ("SELECT id FROM three_parents JOIN three_children ON true", .syntax),
        ("INSERT INTO three_parents VALUES (\(7), \("a"), \("b"))", .syntax),
        ("SELECT 1 UNION SELECT 1, 2", .syntax),
        ("CREATE TABLE three_parents (id BIGINT)", .syntax),
        ("ALTER TABLE three_parents ADD COLUMN name BIGINT", .syntax),
        ("CREATE INDEX three_names ON three_parents(name)", .syntax),
        ("SELECT SUM(COUNT(*)) FROM three_parents", .syntax),
        (SQLQuery(unsafe: "SELECT 1; SELECT 2"), .syntax),
    ]

    private func withTables(
        of database: Database, _ body: (any SQLConnection) async throws -> Void
    ) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.drop("three_children", "three_parents")
                try await connection.make("three_parents", "id BIGINT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE")
                try await connection.make(
                    "three_children",
                    """
                    id BIGINT PRIMARY KEY, parent BIGINT NOT NULL, amount BIGINT NOT NULL CHECK (amount > 0),
                    FOREIGN KEY (parent) REFERENCES three_parents(id)
                    """)
                try await connection.execute("CREATE INDEX three_names ON three_parents(name)")
                try await connection.execute("INSERT INTO three_parents VALUES (1, \(Self.canary)), (3, \("third"))")
                try await connection.execute("INSERT INTO three_children VALUES (1, 1, 5)")
                try await body(connection)
                try await connection.drop("three_children", "three_parents")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("keep no value, and leave the connection as it was", arguments: Database.allCases)
    func kinds(_ database: Database) async throws {
        try await withTables(of: database) { connection in
            for (statement, kind) in Self.refusals {
                let error = try await sqlError { try await connection.execute(statement) }
                #expect(error?.kind == kind, "\(statement): \(error as Any)")
                #expect(error?.description.contains(Self.canary) != true, "\(statement)")
                #expect(error?.message.isEmpty == false)
                let queried = try await sqlError { try await connection.query(statement) }
                #expect(queried?.kind == kind, "\(statement): \(queried as Any)")
                let streamed = try await sqlError {
                    for try await _ in try await connection.stream(statement) {}
                }
                #expect(streamed?.kind == kind, "\(statement): \(streamed as Any)")
                #expect(try await connection.int("SELECT COUNT(*) FROM three_parents") == 2)
            }
        }
    }

    /// PostgreSQL refuses what follows a failed statement in a transaction; the others undo the statement, and go on. In a
    /// transaction of its own inside of the other, a statement may fail everywhere.
    @Test("in a transaction inside of the transaction cost only that", arguments: Database.allCases)
    func inTransaction(_ database: Database) async throws {
        try await withTables(of: database) { connection in
            try await connection.transaction { connection in
                for (statement, kind) in Self.refusals.prefix(8) {
                    let error = try await sqlError {
                        try await connection.transaction { try await $0.execute(statement) }
                    }
                    #expect(error?.kind == kind, "\(statement): \(error as Any)")
                }
                try await connection.execute("INSERT INTO three_parents VALUES (\(5), \("fifth"))")
            }
            #expect(try await connection.int("SELECT COUNT(*) FROM three_parents") == 3)
            let error = try await sqlError {
                try await connection.transaction { connection in
                    _ = try await sqlError { try await connection.execute("INSERT INTO three_parents VALUES (1, 'a')") }
                    try await connection.execute("INSERT INTO three_parents VALUES (6, 'sixth')")
                }
            }
            #expect(error?.kind == (database == .postgres ? .transactionLost : nil))
        }
    }

    /// Only a table that is declared STRICT has SQLite look at the types of values; it stores them as they are otherwise.
    @Test("a value of another type than the column's is refused", arguments: Database.allCases)
    func types(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.drop("three_types")
                try await connection.execute(
                    "CREATE TABLE three_types (v INTEGER)\(unsafe: database == .sqlite ? " STRICT" : "")")
                let error = try await sqlError {
                    try await connection.execute("INSERT INTO three_types VALUES (\(Self.canary))")
                }
                #expect(error?.kind == .typeMismatch, "\(error as Any)")
                #expect(error?.description.contains(Self.canary) == false)
                try await connection.drop("three_types")
            }
        }
        try await database.open { try await check($0) }
    }
}
