import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Streams are the same on every database", .timeLimit(.minutes(2)))
struct StreamTests {
    private static let rows = 5000

    private static func prepare(_ pool: Pool<some SQLDriver>) async throws {
        try await pool.withConnection { connection in
            try await connection.make("three_stream", "id BIGINT PRIMARY KEY, v TEXT NOT NULL")
            try await connection.batch(
                (0..<rows).map { "INSERT INTO three_stream VALUES (\($0), \(String(repeating: "x", count: $0 % 50)))" })
        }
    }

    @Test("give every row in its order, left early or not, and the connection goes on", arguments: Database.allCases)
    func leaving(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await Self.prepare(pool)
                try await pool.withConnection { connection in
                    for limit in [0, 1, 2, 100, Self.rows - 1, Self.rows, Self.rows + 1] {
                        var seen = 0
                        for try await row in try await connection.stream("SELECT id, v FROM three_stream ORDER BY id") {
                            let (id, text) = try row.decode((Int, String).self)
                            #expect(id == seen && text.utf8.count == id % 50)
                            seen += 1
                            if seen >= limit { break }
                        }
                        #expect(seen == min(max(limit, 1), Self.rows))
                        #expect(try await connection.int("SELECT COUNT(*) FROM three_stream") == Self.rows)
                    }
                }
                // Not even read, nor left.
                let kept = try await pool.withConnection { try await $0.stream("SELECT * FROM three_stream") }
                #expect(try await pool.int("SELECT \(7)") == 7)
                #expect(try await code { for try await _ in kept {} } == .loanEnded)
                try await pool.execute("DROP TABLE three_stream")
                #expect(pool.statistics.closed == 0)
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("allow no other statement meanwhile", arguments: Database.allCases)
    func exclusive(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 1) { pool in
                try await Self.prepare(pool)
                try await pool.withConnection { connection in
                    var seen = 0
                    for try await _ in try await connection.stream("SELECT * FROM three_stream") {
                        if seen % 1000 == 0 {
                            let query = try await sqlError { try await connection.query("SELECT 1") }
                            #expect(query?.kind == .streamOpen)
                            let batch = try await sqlError { try await connection.batch(["SELECT 1"]) }
                            #expect(batch?.kind == .streamOpen)
                            let transaction = try await sqlError {
                                try await connection.transaction { _ = try await $0.query("SELECT 1") }
                            }
                            #expect(transaction?.kind == .streamOpen)
                        }
                        seen += 1
                    }
                    #expect(seen == Self.rows)
                }
                try await pool.execute("DROP TABLE three_stream")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("see one moment of the table, and end with the transaction that they are in", arguments: Database.allCases)
    func snapshot(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 2) { pool in
                try await Self.prepare(pool)
                try await pool.withConnection { connection in
                    var seen = 0
                    for try await _ in try await connection.stream("SELECT id FROM three_stream ORDER BY id") {
                        if seen == 10 { try await pool.execute("DELETE FROM three_stream WHERE id >= 2500") }
                        seen += 1
                    }
                    #expect(seen == Self.rows)
                }
                try await pool.transaction { connection in
                    for try await _ in try await connection.stream("SELECT * FROM three_stream") { break }
                    try await connection.execute("DELETE FROM three_stream WHERE id >= 1000")
                }
                try await pool.withConnection { connection in
                    #expect(try await connection.int("SELECT COUNT(*) FROM three_stream") == 1000)
                    try await connection.drop("three_stream")
                }
            }
        }
        try await database.open { try await check($0) }
    }
}
