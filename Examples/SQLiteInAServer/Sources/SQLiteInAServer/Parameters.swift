import PoolingSQL
import SQLiteDriver

enum Parameters {
    static func run(on database: SQLiteDatabase) async throws {
        try await values(database)
        try await parts(database)
        try await lists(database)
    }

    private static func values(_ database: SQLiteDatabase) async throws {
        let name = "Robert'); DROP TABLE users; --"
        let age: Int? = 41
        let result = try await database.execute("INSERT INTO users (name, age) VALUES (\(name), \(age))")
        print("\(result.rowsAffected) row, its id is \(result.lastInsertID ?? 0)")

        try await database.batch([
            "INSERT INTO users (name, age) VALUES (\("Ada"), \(36))",
            "INSERT INTO users (name, age) VALUES (\("Alan"), \(17))",
        ])
        let count = try await database.query("SELECT count(*) FROM users")[0].decode(Int.self)
        try expect(count == 3, "a value stays a value, whatever is in it")
    }

    private static func parts(_ database: SQLiteDatabase) async throws {
        let (prefix, column): (String?, String) = ("A", "age")
        var condition: SQLQuery = "age >= \(18)"
        if let prefix { condition = "\(condition) AND name LIKE \(prefix + "%")" }
        let rows = try await database.query(
            "SELECT name FROM users WHERE \(condition) ORDER BY \(identifier: column)")
        try expect(try rows.map { try $0.decode(String.self) } == ["Ada"], "a condition is put together from parts")
    }

    private static func lists(_ database: SQLiteDatabase) async throws {
        let ids = [1, 3, 5]
        let rows = try await database.query(
            "SELECT name FROM users WHERE id IN (SELECT value FROM json_each(\(json: ids))) ORDER BY id")
        try expect(rows.count == 2, "a list of any length is one value")
    }
}
