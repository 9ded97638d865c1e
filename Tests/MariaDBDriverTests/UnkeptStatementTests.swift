import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("What is not kept of MariaDB's statements", .timeLimit(.minutes(2)))
struct UnkeptStatementTests {
    @Test("are those that no cache has room for, whether they fail or are left")
    func forgotten() async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = 0
        try await driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE unkept(v INT PRIMARY KEY)")
            func prepared() async throws -> Int {
                let rows = try await handle.query("SHOW SESSION STATUS LIKE 'Com_stmt_%'")
                let counts = try rows.reduce(into: [String: Int]()) {
                    $0[try $1.decode(0, as: String.self)] = Int(try $1.decode(1, as: String.self))
                }
                return (counts["Com_stmt_prepare"] ?? 0) - (counts["Com_stmt_close"] ?? 0)
            }
            let before = try await prepared()
            for _ in 0..<20 {
                try await handle.batch([1, 2].map { "INSERT INTO unkept VALUES(\($0))" })
                _ = try? await handle.batch([3, 1].map { "INSERT INTO unkept VALUES(\($0))" })
                _ = try? await handle.execute("INSERT INTO unkept VALUES(\(1))")
                for try await _ in try await handle.stream("SELECT seq FROM seq_1_to_1000") { break }
                try await handle.execute("DELETE FROM unkept")
            }
            #expect(try await prepared() - before <= 1)
        }
    }

    @Test("are the rows of the latest execution")
    func rows() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            // Each of them is another statement: fifty would keep 100 MiB.
            func ask(_ number: Int) async throws {
                let rows = try await handle.query(SQLQuery(unsafe: "SELECT REPEAT('x', 2097152), \(number)"))
                #expect(rows.count == 1)
            }
            for number in 0..<5 { try await ask(number) }
            let before = try residentBytes()
            for number in 5..<55 { try await ask(number) }
            #expect(try residentBytes() - before < 50 << 20)
        }
    }
}
