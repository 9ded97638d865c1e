import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("What a borrower of MariaDB leaves behind", .timeLimit(.minutes(2)))
struct SessionTests {
    /// What is changed, and what the next borrower must find.
    static let changes: [(change: [SQLQuery], question: SQLQuery, answer: SQLValue)] = [
        (["SET sql_mode = 'ANSI'"], "SELECT @@sql_mode LIKE '%ANSI%'", .integer(0)),
        (["SET time_zone = '+05:00'"], "SELECT @@time_zone", .text("+00:00")),
        (["SET NAMES latin1"], "SELECT @@character_set_client", .text("utf8mb4")),
        (["SET NAMES latin1"], "SELECT 'ä☃'", .text("ä☃")),
        (["USE information_schema"], "SELECT DATABASE()", .text("app")),
        (["SET @left_behind = 5"], "SELECT @left_behind IS NULL", .integer(1)),
        (["SELECT 5 INTO @left_behind"], "SELECT @left_behind IS NULL", .integer(1)),
        (["SELECT GET_LOCK('left', 0)"], "SELECT IS_USED_LOCK('left') IS NULL", .integer(1)),
        (["SET autocommit = 0"], "SELECT @@autocommit", .integer(1)),
        (["SELECT 5 INTO\n    @left_behind"], "SELECT @left_behind IS NULL", .integer(1)),
        (["SET session_track_state_change = 0", "SET time_zone = '+05:00'"], "SELECT @@time_zone", .text("+00:00")),
        (["SET @@tx_isolation = 'SERIALIZABLE'"], "SELECT @@tx_isolation", .text("REPEATABLE-READ")),
        (["START TRANSACTION"], "SELECT @@in_transaction", .integer(0)),
        (["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"], "SELECT @@tx_isolation", .text("REPEATABLE-READ")),
        (
            ["CREATE TEMPORARY TABLE left_behind(v INT)", "LOCK TABLES left_behind WRITE"],
            "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME = 'left_behind'", .integer(0)
        ),
    ]

    @Test("F37, F53: is gone for the next one, on the same connection", arguments: changes)
    func restored(_ change: (change: [SQLQuery], question: SQLQuery, answer: SQLValue)) async throws {
        let pool = try Pool(Server.driver, configuration: .init(max: 1))
        let session = try await pool.withConnection { handle in
            for query in change.change { _ = try await handle.query(query) }
            return try await handle.int("SELECT CONNECTION_ID()")
        }
        #expect(try await pool.query(change.question).first?[0] == change.answer)
        #expect(try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") } == session)
        #expect(pool.statistics.resets == 1)
        await pool.shutdown()
    }

    @Test("costs nothing where nothing was changed")
    func clean() async throws {
        let pool = try Pool(Server.driver, configuration: .init(max: 1))
        try await pool.execute("CREATE TABLE IF NOT EXISTS clean(id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
        for number in 0..<10 {
            try await pool.execute("INSERT INTO clean(v) VALUES(\(number))")
            _ = try await pool.query("SELECT * FROM clean WHERE v = \(number)")
            try await pool.transaction { try await $0.execute("UPDATE clean SET v = \(number + 1)") }
            _ = try? await pool.query("SELECT * FROM no_such_table")
        }
        #expect(pool.statistics.resets == 0)
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
    }

    @Test("F36: after the session was killed within a transaction nothing is executed any more")
    func killed() async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE killed(v INT) ENGINE=InnoDB")
            let session = try await handle.int("SELECT CONNECTION_ID()")
            let error = try await sqlError {
                try await handle.transaction { handle in
                    try await handle.execute("INSERT INTO killed VALUES(1)")
                    try await Server.superuser.lending { (other, _) async throws -> Void in
                        _ = try await other.query(SQLQuery(unsafe: "KILL \(session)"))
                    }
                    for number in 2..<5 {
                        let error = try await sqlError {
                            try await handle.execute("INSERT INTO killed VALUES(\(number))")
                        }
                        #expect(error?.kind == .connectionLost || error?.kind == .mayHaveExecuted)
                    }
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(Server.driver.condition(of: connection) == .broken)
        }
        try await Server.driver.lending { handle, _ async throws -> Void in
            #expect(try await handle.int("SELECT COUNT(*) FROM killed") == 0)
            try await handle.execute("DROP TABLE killed")
        }
    }

    @Test("F44: a transaction that a statement has ended by itself takes no more statements")
    func implicitCommit() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            let error = try await sqlError {
                try await handle.transaction { handle in
                    try await handle.execute("CREATE OR REPLACE TABLE implicit(v INT)")
                    try await handle.execute("INSERT INTO implicit VALUES(1)")
                }
            }
            #expect(error?.kind == .transactionLost)
            #expect(try await handle.int("SELECT COUNT(*) FROM implicit") == 0)
            try await handle.execute("DROP TABLE implicit")
        }
    }
}
