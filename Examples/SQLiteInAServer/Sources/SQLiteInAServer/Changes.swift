import PoolingSQL
import SQLiteDriver

enum Changes {
    static func run(on database: SQLiteDatabase) async throws {
        let changes = database.changes(in: ["accounts"])
        let watcher = Task {
            for await change in changes {
                let rows = try await database.query("SELECT count(*) FROM accounts")
                return (change.tables, try rows[0].decode(Int.self))
            }
            return ([], 0)
        }

        try await database.execute("INSERT INTO events (kind) VALUES ('of no interest')")
        try await database.execute("INSERT INTO accounts VALUES (5, 0)")
        let (tables, count) = try await watcher.value
        try expect(tables == ["accounts"] && count == 4, "a commit is told to who asked for its table")
    }
}
