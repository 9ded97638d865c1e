import PoolingSQL
import SQLiteDriver

struct NotEnough: Error {}

enum Transactions {
    static func run(on database: SQLiteDatabase) async throws {
        try await database.batch([
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)",
            "INSERT INTO accounts VALUES (1, 100), (2, 0)",
        ])
        try await transfer(30, from: 1, to: 2, in: database)
        do {
            try await transfer(300, from: 1, to: 2, in: database)
            throw Mismatch(claim: "the second transfer is refused")
        } catch is NotEnough {}
        try await total(database)
        try await savepoint(database)
    }

    private static func transfer(_ amount: Int, from payer: Int, to payee: Int, in database: SQLiteDatabase)
        async throws
    {
        try await database.write { connection in
            try await connection.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(payer)")
            try await connection.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(payee)")
            let left = try await connection.query("SELECT balance FROM accounts WHERE id = \(payer)")[0]
                .decode(Int.self)
            if left < 0 { throw NotEnough() }
        }
    }

    private static func total(_ database: SQLiteDatabase) async throws {
        let (count, total) = try await database.read { connection in
            let count = try await connection.query("SELECT count(*) FROM accounts")[0].decode(Int.self)
            let total = try await connection.query("SELECT sum(balance) FROM accounts")[0].decode(Int.self)
            return (count, total)
        }
        try expect(count == 2 && total == 100, "a transaction that throws has changed nothing")
    }

    private static func savepoint(_ database: SQLiteDatabase) async throws {
        let written = try await database.write { connection in
            try await connection.execute("INSERT INTO accounts VALUES (3, 10)")
            do {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO accounts VALUES (4, 10)")
                    try await connection.execute("INSERT INTO accounts VALUES (1, 10)")
                }
            } catch let error as SQLError where error.kind == .uniqueViolation {
                print("the inner transaction was undone, the outer one goes on")
            }
            return try await connection.query("SELECT count(*) FROM accounts")[0].decode(Int.self)
        }
        try expect(written == 3, "an inner transaction is a savepoint")
    }
}
