import PoolingCore
import PoolingSQL

/// Why nothing was done.
enum Refusal: Error {
    case noSuchAccount(Int)
    case notEnough(on: Int)
}

/// The accounts of a bank, in whatever database the pool is of.
struct Accounts<Driver: SQLDriver>: Sendable {
    let pool: Pool<Driver>

    struct Account: Codable, Sendable {
        var id: Int
        var balance: Int
    }

    /// The tables, and a hundred accounts with 1 000 each, unless they are there.
    func prepare() async throws {
        try await pool.transaction { connection in
            try await connection.execute(
                "CREATE TABLE IF NOT EXISTS accounts(id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)")
            let count = try await connection.query("SELECT count(*) FROM accounts").first?.decode(Int.self) ?? 0
            if count > 0 { return }
            for id in 1...100 { try await connection.execute("INSERT INTO accounts VALUES(\(id), 1000)") }
        }
    }

    func account(_ id: Int) async throws -> Account {
        let rows = try await pool.query("SELECT id, balance FROM accounts WHERE id = \(id)")
        guard let row = rows.first else { throw Refusal.noSuchAccount(id) }
        return try row.decode(Account.self)
    }

    /// Both or neither: what throws in here is rolled back.
    func transfer(_ amount: Int, from payer: Int, to payee: Int) async throws {
        try await pool.transaction { connection in
            // Rows are locked in the order of their numbers: two transfers in opposite directions would each hold what the
            // other waits for, and the server would have to end one of them.
            if payer < payee {
                try await pay(amount, from: payer, on: connection)
                try await receive(amount, by: payee, on: connection)
            } else {
                try await receive(amount, by: payee, on: connection)
                try await pay(amount, from: payer, on: connection)
            }
        }
    }

    private func pay(_ amount: Int, from payer: Int, on connection: Driver.Handle) async throws {
        let paid = try await connection.execute(
            "UPDATE accounts SET balance = balance - \(amount) WHERE id = \(payer) AND balance >= \(amount)")
        if paid.rowsAffected > 0 { return }
        let isThere = try await !connection.query("SELECT 1 FROM accounts WHERE id = \(payer)").isEmpty
        throw isThere ? Refusal.notEnough(on: payer) : Refusal.noSuchAccount(payer)
    }

    private func receive(_ amount: Int, by payee: Int, on connection: Driver.Handle) async throws {
        let received = try await connection.execute(
            "UPDATE accounts SET balance = balance + \(amount) WHERE id = \(payee)")
        if received.rowsAffected == 0 { throw Refusal.noSuchAccount(payee) }
    }

    func total() async throws -> Int {
        try await pool.query("SELECT sum(balance) FROM accounts").first?.decode(Int.self) ?? 0
    }
}
