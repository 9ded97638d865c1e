import PoolingCore
import PoolingSQL

/// What goes wrong sooner or later, and has the same name on every database.
struct Refusals<Driver: SQLDriver>: Sendable {
    let bank: Bank<Driver>
    var pool: Pool<Driver> { bank.pool }

    func meetThem() async throws {
        try await statements()
        try await collision()
        try await lostConnection()
    }

    private func statements() async throws {
        try await refused(.uniqueViolation) {
            try await pool.execute("INSERT INTO accounts VALUES (\(3), \("Ada"), \(0))")
        }
        try await refused(.checkViolation) { try await bank.transfer(5000, from: 1, to: 2) }
        try await refused(.notNullViolation) {
            try await pool.execute("INSERT INTO accounts VALUES (\(3), \(nil as String?), \(0))")
        }
        try await refused(.syntax) { try await pool.query("SELECT owner FORM accounts") }
        try await refused(.syntax) { try await pool.query("SELECT * FROM acounts") }
        try await refused(.readOnly) {
            try await pool.transaction(.readOnly) { try await $0.execute("DELETE FROM accounts") }
        }
        try expect(try await bank.total() == 1500, "nothing of that has changed anything")
    }

    /// Two transfers in opposite directions, each of which has one account and wants the other's. Servers find a
    /// deadlock and end one of them; SQLite, which has one writer at a time, lets one wait for the other.
    private func collision() async throws {
        let there = Task { try await bank.transfer(10, from: 1, to: 2, pause: .milliseconds(200)) }
        let back = Task { try await bank.transfer(10, from: 2, to: 1, pause: .milliseconds(200)) }
        let reasons = try await there.value + back.value
        try expect(
            try await bank.accounts().map(\.balance) == [800, 700],
            "two transfers that met were both done, repeated for: \(reasons.isEmpty ? "nothing" : "\(reasons)")")
    }

    /// A transaction whose session somebody ends has done nothing; the pool has another connection by then.
    private func lostConnection() async throws {
        guard let session = Databases.ending(of: Driver.self) else {
            print("--: \(Driver.self) has no session that somebody could end")
            return
        }
        try await refused(.connectionLost) {
            try await pool.transaction { connection in
                try await connection.execute("UPDATE accounts SET balance = 0")
                let number = try await connection.query(session.question)[0].decode(Int.self)
                try await pool.execute(session.end(number))
                // The first statement after that may have been on its way: whether it was executed is not known then.
                try await refused(.connectionLost, .mayHaveExecuted) {
                    while true { _ = try await connection.query("SELECT 1") }
                }
                try await connection.execute("DELETE FROM accounts")
            }
        }
        try expect(try await bank.total() == 1500, "all is as before, on a new connection")
    }

    private func refused<R>(_ kinds: SQLError.Kind..., body: () async throws -> R) async throws {
        do {
            _ = try await body()
        } catch let error as SQLError where kinds.contains(error.kind) {
            print("ok: refused as \(error)")
            return
        }
        throw Mismatch(claim: "it is refused as \(kinds)")
    }
}
