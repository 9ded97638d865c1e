import Foundation
import PoolingSQL
import SQLiteDriver

struct Settings: Codable, Equatable {
    var theme: String
    var since: Date
}

struct User: Decodable {
    var id: Int64
    var name: String
    var settings: Settings?
}

enum Status: String, SQLEncodable, SQLDecodable {
    case open, closed
}

enum Rows {
    static func run(on database: SQLiteDatabase) async throws {
        try await reading(database)
        try await types(database)
        try await json(database)
    }

    private static func reading(_ database: SQLiteDatabase) async throws {
        var ages: [String: Int] = [:]
        for row in try await database.query("SELECT name, age, settings FROM users") {
            let (name, age, _) = try row.decode((String, Int, String?).self)
            ages[name] = age
        }

        let row = try await database.query("SELECT age, name FROM users WHERE name = \("Ada")")[0]
        let name = try row.decode("name", as: String.self)
        let age: Int = try row.decode(0)
        let count = try await database.query("SELECT count(*) FROM users")[0].decode(Int.self)
        try expect(ages[name] == age && count == 3, "a row is read as a tuple, by name, by place or as a single value")
    }

    private static func types(_ database: SQLiteDatabase) async throws {
        try await database.execute(
            """
            CREATE TABLE orders (
                id TEXT PRIMARY KEY, placed TEXT NOT NULL, total TEXT NOT NULL, status TEXT NOT NULL, note BLOB)
            """)
        let (id, placed, total) = (UUID(), Date(timeIntervalSince1970: 1_700_000_000.25), Decimal(1999) / 100)
        try await database.execute(
            "INSERT INTO orders VALUES (\(id), \(placed), \(total), \(Status.open), \(Data([1, 2, 3])))")

        let row = try await database.query("SELECT * FROM orders WHERE id = \(id) AND placed < \(Date.now)")[0]
        let order = try row.decode((UUID, Date, Decimal, Status, Data?).self)
        try expect(order == (id, placed, total, .open, Data([1, 2, 3])), "typed values come back as they went")
    }

    private static func json(_ database: SQLiteDatabase) async throws {
        let settings = Settings(theme: "dark", since: Date(timeIntervalSince1970: 1_700_000_000))
        try await database.execute("UPDATE users SET settings = \(json: settings) WHERE name = \("Ada")")

        let user = try await database.query("SELECT id, name, settings FROM users WHERE name = \("Ada")")[0]
            .decode(User.self)
        let row = try await database.query("SELECT settings FROM users WHERE id = \(user.id)")[0]
        let read = try row.decode(json: "settings", as: Settings.self)
        let dark = try await database.query(
            "SELECT count(*) FROM users WHERE settings ->> '$.theme' = \("dark")")[0].decode(Int.self)
        try expect(user.settings == settings && read == settings && dark == 1, "a Codable value is a column of JSON")
    }
}
