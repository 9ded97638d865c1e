import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Statements do the same on every database", .timeLimit(.minutes(2)))
struct StatementTests {
    @Test("tell how many rows they have changed", arguments: Database.allCases)
    func rowsAffected(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make("three_rows", "id BIGINT PRIMARY KEY, v BIGINT")
                #expect(
                    try await connection.execute("INSERT INTO three_rows VALUES (1, 5), (2, 5), (3, 6)").rowsAffected
                        == 3)
                // Rows that are found count, changed or not.
                #expect(try await connection.execute("UPDATE three_rows SET v = 5 WHERE id <= 2").rowsAffected == 2)
                #expect(try await connection.execute("UPDATE three_rows SET v = 5 WHERE id = 9").rowsAffected == 0)
                #expect(try await connection.execute("SELECT * FROM three_rows").rowsAffected == 0)
                #expect(try await connection.execute("DELETE FROM three_rows WHERE v = 5").rowsAffected == 2)
                #expect(try await connection.execute("CREATE TABLE three_more (v BIGINT)").rowsAffected == 0)
                try await connection.drop("three_more", "three_rows")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("name their columns as they were asked to, whatever the name", arguments: Database.allCases)
    func names(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                for name in ["name", "Of Two Words", "quo\"ted", "tick`ed", "order", "ünicode☃", "a;b--c"] {
                    try await connection.execute("DROP TABLE IF EXISTS \(identifier: name)")
                    try await connection.execute(
                        "CREATE TABLE \(identifier: name) (\(identifier: name) BIGINT NOT NULL)")
                    try await connection.execute("INSERT INTO \(identifier: name) VALUES (\(7))")
                    let row = try #require(try await connection.query("SELECT * FROM \(identifier: name)").first)
                    #expect(Array(row.columns) == [name])
                    #expect(try row.decode(name, as: Int.self) == 7)
                    #expect(
                        try await connection.int("SELECT COUNT(*) AS \(identifier: name) FROM \(identifier: name)") == 1
                    )
                    try await connection.execute("DROP TABLE \(identifier: name)")
                }
            }
        }
        try await database.open { try await check($0) }
    }

    /// The driver knows the statement from before; the database does not any more.
    @Test("that were prepared follow their tables", arguments: Database.allCases)
    func changedTables(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                let question: SQLQuery = "SELECT MAX(v) FROM three_changing"
                let index: SQLQuery = "CREATE INDEX three_index ON three_changing(v)"
                for round in 0..<3 {
                    try await connection.make("three_changing", "v BIGINT, other BIGINT")
                    try await connection.execute(index)
                    let again = try await sqlError { try await connection.execute(index) }
                    #expect(again?.kind == .syntax, "\(again as Any)")
                    try await connection.execute("INSERT INTO three_changing(v) VALUES (\(round))")
                    #expect(try await connection.int(question) == round)
                    try await connection.execute("ALTER TABLE three_changing ADD COLUMN more BIGINT")
                    #expect(try await connection.int(question) == round)
                    try await connection.drop("three_changing")
                    let error = try await sqlError { try await connection.query(question) }
                    #expect(error?.kind == .syntax, "\(error as Any)")
                }
            }
        }
        try await database.open { try await check($0) }
    }

    /// PostgreSQL takes values too many: it is told their types, which makes them parameters that nothing uses.
    @Test("need as many values as they have placeholders", arguments: Database.allCases)
    func placeholders(_ database: Database) async throws {
        func check<Driver: SQLDriver>(_ driver: Driver) async throws {
            try await driver.withLoan { connection in
                for count in [0, 1, 3] {
                    let text = SQLQuery("SELECT \(1), \(2) AS given_\(unsafe: "\(count)")").text(in: Driver.dialect)
                    let binds = Array(repeating: SQLValue.integer(7), count: count)
                    let error = try await sqlError { try await connection.query(SQLQuery(unsafe: text, binds: binds)) }
                    let isTaken = database == .postgres && count > 2
                    #expect(error?.kind == (isTaken ? nil : .syntax), "\(count): \(error as Any)")
                }
                #expect(try await connection.int("SELECT \(7)") == 7)
            }
        }
        try await database.open { try await check($0) }
    }

    private struct User: Decodable, Equatable {
        var id: Int
        var name: String?
        var isActive: Bool
    }

    @Test("give rows that a type can be read from", arguments: Database.allCases)
    func decodable(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make(
                    "three_users", "id BIGINT PRIMARY KEY, name VARCHAR(40), active BOOLEAN NOT NULL")
                let names: [String?] = ["Ada", nil, ""]
                for (id, name) in names.enumerated() {
                    try await connection.execute("INSERT INTO three_users VALUES (\(id), \(name), \(id == 0))")
                }
                let users = try await connection.query(
                    "SELECT id, name, active AS \(identifier: "isActive") FROM three_users ORDER BY id"
                ).map { try $0.decode(User.self) }
                #expect(
                    users == [
                        User(id: 0, name: "Ada", isActive: true), User(id: 1, name: nil, isActive: false),
                        User(id: 2, name: "", isActive: false),
                    ])
                let row = try #require(try await connection.query("SELECT name FROM three_users WHERE id = 0").first)
                #expect(throws: SQLError.self) { try row.decode(0, as: Int.self) }
                #expect(throws: SQLError.self) { try row.decode("title", as: String.self) }
                try await connection.drop("three_users")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("in a batch are done all, or none of them", arguments: Database.allCases)
    func batches(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withLoan { connection in
                try await connection.make("three_batch", "id BIGINT PRIMARY KEY, v BIGINT NOT NULL")
                #expect(try await connection.batch([]) == [])
                let results = try await connection.batch(
                    (0..<500).map { "INSERT INTO three_batch VALUES (\($0), \($0 % 2))" }
                        + ["UPDATE three_batch SET v = 7 WHERE v = 1", "DELETE FROM three_batch WHERE id < 10"])
                #expect(results.map(\.rowsAffected) == Array(repeating: 1, count: 500) + [250, 10])
                let error = try await sqlError {
                    try await connection.batch([
                        "DELETE FROM three_batch WHERE id = 10", "INSERT INTO three_batch VALUES (\(11), \(0))",
                        "DELETE FROM three_batch",
                    ])
                }
                #expect(error?.kind == .uniqueViolation)
                #expect(error?.message.hasPrefix("statement 2 of 3: ") == true, "\(error as Any)")
                #expect(try await connection.int("SELECT COUNT(*) FROM three_batch") == 490)
                // Inside of a transaction it is a savepoint, whose failure is survived.
                try await connection.transaction { connection in
                    try await connection.execute("DELETE FROM three_batch WHERE id = 20")
                    let error = try await sqlError {
                        try await connection.batch([
                            "DELETE FROM three_batch", "INSERT INTO three_batch VALUES (1, NULL)",
                        ])
                    }
                    #expect(error?.kind == .notNullViolation)
                    try await connection.batch(["DELETE FROM three_batch WHERE id = 21"])
                }
                #expect(try await connection.int("SELECT COUNT(*) FROM three_batch") == 488)
                try await connection.drop("three_batch")
            }
        }
        try await database.open { try await check($0) }
    }
}
