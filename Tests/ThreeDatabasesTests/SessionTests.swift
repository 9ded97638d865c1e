import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("What a borrower leaves behind on every database", .timeLimit(.minutes(2)))
struct SessionTests {
    /// What is done to a session, and the question that the next borrower asks.
    @Test("F53: is gone for the next one, on the same connection", arguments: Database.allCases)
    func restored(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await pool.withConnection { try await $0.make("three_session", "v BIGINT") }
                let setting = database.setting
                let before = try await pool.query(setting.question).first?[0]
                try await pool.withConnection { connection in
                    try await connection.execute(setting.change)
                    #expect(try await connection.query(setting.question).first?[0] != before)
                }
                #expect(try await pool.query(setting.question).first?[0] == before)
                #expect(pool.statistics.resets >= 1)

                try await pool.execute("CREATE TEMPORARY TABLE three_brief (v BIGINT)")
                let error = try await sqlError { try await pool.query("SELECT * FROM three_brief") }
                #expect(error?.kind == .syntax, "\(error as Any)")
                #expect(pool.statistics.resets >= 2)

                try await pool.withConnection { connection in
                    try await connection.execute("BEGIN")
                    try await connection.execute("INSERT INTO three_session VALUES (1)")
                }
                #expect(try await pool.int("SELECT COUNT(*) FROM three_session") == 0)

                #expect(pool.statistics.resets >= 3)
                #expect(pool.statistics.closed == 0)
                try await pool.execute("DROP TABLE three_session")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("costs nothing where nothing was left", arguments: Database.allCases)
    func clean(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await pool.withConnection { try await $0.make("three_session", "v BIGINT") }
                for number in 0..<10 {
                    try await pool.execute("INSERT INTO three_session VALUES (\(number))")
                    try await pool.transaction { try await $0.execute("UPDATE three_session SET v = v + 1") }
                    try await pool.batch([
                        "DELETE FROM three_session WHERE v = 5", "DELETE FROM three_session WHERE v = 6",
                    ])
                    _ = try await sqlError { try await pool.query("SELECT * FROM three_missing") }
                    try await pool.withConnection { connection in
                        for try await _ in try await connection.stream("SELECT * FROM three_session") { break }
                    }
                }
                try await pool.execute("DROP TABLE three_session")
                #expect(pool.statistics.resets == 0)
                #expect(pool.statistics.connected == 1)
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("F51: a handle is of no use after its loan, nor to two tasks at once", arguments: Database.allCases)
    func overstayed(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                let kept = try await pool.withConnection { $0 }
                #expect(try await code { try await kept.query("SELECT 1") } == .loanEnded)
                #expect(try await code { try await kept.execute("SELECT 1") } == .loanEnded)
                #expect(try await code { try await kept.batch(["SELECT 1"]) } == .loanEnded)
                #expect(try await code { try await kept.transaction { _ in } } == .loanEnded)
                #expect(try await pool.int("SELECT 1") == 1)
            }
        }
        try await database.open { try await check($0) }
    }
}
