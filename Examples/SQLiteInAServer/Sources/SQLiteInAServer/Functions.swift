import PoolingSQL
import SQLiteDriver

enum Functions {
    static let functions = [
        SQLiteFunction("slug", arguments: 1, isDeterministic: true) { arguments in
            let text = try arguments.decode(0, as: String.self)
            return .text(text.lowercased().replacing(" ", with: "-"))
        },
        SQLiteFunction.aggregate("product", arguments: 1, initial: 1.0) { product, arguments in
            product *= try arguments.decode(0, as: Double.self)
        } final: { product in
            .double(product)
        },
    ]

    static let collations = [
        SQLiteCollation("by_length") { a, b in
            a.count == b.count ? SQLiteOrdering(a, b) : SQLiteOrdering(a.count, b.count)
        }
    ]

    static func run(on database: SQLiteDatabase) async throws {
        let rows = try await database.query("SELECT slug(name) FROM users ORDER BY name COLLATE by_length")
        let slugs = try rows.map { try $0.decode(String.self) }
        let product = try await database.query("SELECT product(value) FROM json_each(\("[2, 3, 7]"))")[0]
            .decode(Double.self)
        try expect(slugs.prefix(2) == ["ada", "alan"] && product == 42, "SQL calls closures")
    }
}
