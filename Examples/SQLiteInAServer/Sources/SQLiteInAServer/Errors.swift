import PoolingCore
import PoolingSQL
import SQLiteDriver

enum Errors {
    static func run(on database: SQLiteDatabase) async throws {
        try expect(try await add("Ada", to: database) == false, "a name that is taken is told from other errors")
        try await readerThatWrites(database)
        try await nestedWrite(database)
    }

    private static func add(_ name: String, to database: SQLiteDatabase) async throws -> Bool {
        do {
            try await database.execute("INSERT INTO users (name, age) VALUES (\(name), \(0))")
            return true
        } catch let error as SQLError where error.kind == .uniqueViolation {
            return false
        }
    }

    private static func readerThatWrites(_ database: SQLiteDatabase) async throws {
        do {
            _ = try await database.read { connection in
                try await connection.execute("DELETE FROM users")
            }
            throw Mismatch(claim: "a reader can't write")
        } catch let error as SQLError where error.kind == .readOnly {
            print("refused: \(error)")
        }
    }

    private static func nestedWrite(_ database: SQLiteDatabase) async throws {
        do {
            _ = try await database.write { _ in
                try await database.execute("DELETE FROM users")
            }
            throw Mismatch(claim: "a write in a write is refused")
        } catch let error as PoolError where error.code == .nestedAcquireWouldDeadlock {
            print("refused: \(error)")
        }
    }
}
