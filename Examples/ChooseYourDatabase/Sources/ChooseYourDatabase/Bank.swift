import Foundation
import PoolingCore
import PoolingSQL

/// The accounts of a bank, in whatever database the pool is of.
struct Bank<Driver: SQLDriver>: Sendable {
    let pool: Pool<Driver>

    struct Account: Codable, Sendable, Equatable {
        var id: Int
        var owner: String
        var balance: Int
    }

    func open() async throws {
        try await close()
        try await pool.withConnection { connection in
            // Types that all databases have. See the drivers' documentation for the others.
            try await connection.execute(
                """
                CREATE TABLE accounts (
                    id BIGINT PRIMARY KEY, owner VARCHAR(100) NOT NULL UNIQUE, balance BIGINT NOT NULL CHECK (balance >= 0))
                """)
            try await connection.execute(
                "CREATE TABLE entries (account BIGINT NOT NULL, amount BIGINT NOT NULL, note VARCHAR(100))")
        }
        // Both or neither: what throws in here is rolled back.
        try await pool.transaction { connection in
            try await connection.execute("INSERT INTO accounts VALUES (\(1), \("Ada"), \(1000))")
            try await connection.execute("INSERT INTO accounts VALUES (\(2), \("Grace 😀"), \(500))")
        }
    }

    func close() async throws {
        try await pool.execute("DROP TABLE IF EXISTS entries")
        try await pool.execute("DROP TABLE IF EXISTS accounts")
    }

    // MARK: What a bank does

    func accounts() async throws -> [Account] {
        let rows = try await pool.query("SELECT id, owner, balance FROM accounts ORDER BY id")
        return try rows.map { try $0.decode(Account.self) }
    }

    func total() async throws -> Int {
        try await pool.query("SELECT SUM(balance) FROM accounts").first?.decode(Int.self) ?? 0
    }

    /// Whoever loses against another transaction repeats the whole of it.
    /// - Parameter pause: between the two halves, for those who want to see it lose.
    /// - Returns: what it was repeated for.
    @discardableResult
    func transfer(_ amount: Int, from payer: Int, to payee: Int, pause: Duration = .zero) async throws -> [SQLError
        .Kind]
    {
        try await repeating {
            try await pool.transaction { connection in
                try await connection.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(payer)")
                try await Task.sleep(for: pause)
                try await connection.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(payee)")
            }
        }
    }

    /// All of them or none, with as few turns as the database allows.
    func note(_ amounts: [Int], for account: Int) async throws {
        try await pool.batch(
            amounts.map { "INSERT INTO entries(account, amount, note) VALUES (\(account), \($0), \(nil as String?))" })
    }

    /// Read as they come, and never all in memory.
    func balance(of account: Int, until limit: Int = .max) async throws -> Int {
        try await pool.withConnection { connection in
            var sum = 0
            for try await row in try await connection.stream("SELECT amount FROM entries WHERE account = \(account)") {
                sum += try row.decode(Int.self)
                // A loop that is left ends the stream.
                if sum >= limit { break }
            }
            return sum
        }
    }

    func useIt() async throws {
        try await transfer(200, from: 1, to: 2)
        try expect(
            try await accounts() == [
                Account(id: 1, owner: "Ada", balance: 800), Account(id: 2, owner: "Grace 😀", balance: 700),
            ], "a transfer has taken from one account and given to the other")
        try await note(Array(1...1000), for: 1)
        try expect(try await balance(of: 1) == 500_500, "a stream has read a thousand rows of a batch")
        try expect(try await balance(of: 1, until: 10) < 500_500, "another one was left early")
        try expect(try await total() == 1500, "no money has come or gone")
    }
}
