import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import TestServers
import Testing

@Suite("A connection that is lost", .timeLimit(.minutes(2)))
struct LostConnectionTests {
    private static let lost: Set<SQLError.Kind> = [.connectionLost, .mayHaveExecuted]

    /// SQLite has no session that somebody could end: see ``fileDeleted()``.
    @Test(
        "within a transaction takes all of it along; the next loan has another one",
        arguments: [Database.postgres, .mariadb])
    func killed(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            let session = try #require(database.session)
            try await driver.withPool(max: 2) { pool in
                try await pool.withConnection { try await $0.make("three_lost", "v BIGINT") }
                let error = try await sqlError {
                    try await pool.transaction { connection in
                        try await connection.execute("INSERT INTO three_lost VALUES (1)")
                        let number = try await connection.int(session.question)
                        try await pool.withConnection { _ = try await $0.execute(session.end(number)) }
                        // What it is told of first is the system's affair: a moment may pass.
                        var error: SQLError?
                        #expect(
                            try await eventually {
                                error = try await sqlError { try await connection.query("SELECT 1") }
                                return error != nil
                            })
                        #expect(error.map { Self.lost.contains($0.kind) } == true, "\(error as Any)")
                        for _ in 0..<2 {
                            let again = try await sqlError {
                                try await connection.execute("INSERT INTO three_lost VALUES (2)")
                            }
                            #expect(again?.kind == .connectionLost, "\(again as Any)")
                        }
                    }
                }
                #expect(error?.kind == .connectionLost, "\(error as Any)")
                #expect(try await pool.int("SELECT COUNT(*) FROM three_lost") == 0)
                #expect(try await eventually { pool.statistics.closed == 1 })
                try await pool.execute("DROP TABLE three_lost")
            }
        }
        try await database.open { try await check($0) }
    }

    @Test("while it is idle is not noticed by the next borrower", arguments: [Database.postgres, .mariadb])
    func killedIdle(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            let session = try #require(database.session)
            try await driver.withPool(max: 1) { pool in
                try await driver.withPool(max: 1) { other in
                    for _ in 0..<5 {
                        let number = try await pool.withConnection { try await $0.int(session.question) }
                        try await other.withConnection { _ = try await $0.execute(session.end(number)) }
                        #expect(try await eventually { try await Self.isGone(number, database, other) })
                        try await HangUps.areNoticed()
                        #expect(try await pool.int(session.question) != number)
                    }
                }
            }
        }
        try await database.open { try await check($0) }
    }

    /// Its socket is closed by then. PostgreSQL forgets the session before its process has ended.
    private static func isGone(
        _ number: Int, _ database: Database, _ pool: Pool<some SQLDriver>
    ) async throws -> Bool {
        if database == .postgres { return kill(pid_t(number), 0) != 0 }
        return try await pool.int("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(number)") == 0
    }

    /// The nearest that SQLite has: the file is gone, and nothing can be stored in it any more (F47).
    @Test("SQLite's: a deleted file takes no more writes")
    func fileDeleted() async throws {
        try await Database.sqlite.open { driver in
            let path = try #require(driver as? SQLite).path
            func check(_ driver: some SQLDriver) async throws {
                try await driver.withPool(max: 1) { pool in
                    try await pool.execute("CREATE TABLE three_lost (v BIGINT)")
                    try FileManager.default.removeItem(atPath: path)
                    let error = try await sqlError { try await pool.execute("INSERT INTO three_lost VALUES (1)") }
                    #expect(error?.kind == .fileReplaced, "\(error as Any)")
                }
            }
            try await check(driver)
        }
    }
}
