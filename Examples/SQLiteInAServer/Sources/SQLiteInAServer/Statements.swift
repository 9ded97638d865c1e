import PoolingSQL
import SQLiteDriver

enum Statements {
    static func run(on database: SQLiteDatabase) async throws {
        try await batch(database)
        try await stream(database)
    }

    private static func batch(_ database: SQLiteDatabase) async throws {
        try await database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, kind TEXT NOT NULL)")
        let kinds = (0..<5000).map { "kind \($0 % 7)" }
        let results = try await database.batch(kinds.map { "INSERT INTO events (kind) VALUES (\($0))" })
        try expect(results.count == 5000, "5000 rows in one transaction and one turn")
    }

    private static func stream(_ database: SQLiteDatabase) async throws {
        let longest = try await database.readers.withConnection { connection in
            var longest = 0
            for try await row in try await connection.stream("SELECT kind FROM events") {
                longest = max(longest, try row.decode(String.self).count)
            }
            return longest
        }
        try expect(longest == 6, "rows are read as they come, in bounded memory")
    }
}
