import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Procedures of MariaDB that fail", .timeLimit(.minutes(2)))
struct ProcedureTests {
    @Test("between two results, and come without one the next time", arguments: [0, 256])
    func halfway(capacity: Int) async throws {
        var driver = Server.driver
        driver.statementCacheCapacity = capacity
        try await driver.lending { handle, connection async throws -> Void in
            try await handle.execute(
                """
                CREATE OR REPLACE PROCEDURE halfway(fails INT) BEGIN
                    IF fails THEN
                        SELECT fails; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'on purpose';
                    END IF;
                END
                """)
            for _ in 0..<3 {
                let error = try await sqlError { try await handle.query("CALL halfway(\(1))") }
                #expect(error?.sqlState == "45000")
                #expect(try await handle.query("CALL halfway(\(0))").isEmpty)
                let inStream = try await sqlError {
                    for try await row in try await handle.stream("CALL halfway(\(1))") { #expect(row.count == 1) }
                }
                #expect(inStream?.sqlState == "45000", "\(inStream as Any)")
                for try await _ in try await handle.stream("CALL halfway(\(0))") { Issue.record("a row") }
                #expect(try await handle.int("SELECT 5") == 5)
            }
            #expect(driver.condition(of: connection) != .broken)
            try await handle.execute("DROP PROCEDURE halfway")
        }
    }

    @Test("F37: and have changed the session leave no change to the next borrower", arguments: [false, true])
    func change(isStreamed: Bool) async throws {
        let pool = try Pool(Server.driver, configuration: .init(max: 1))
        try await pool.execute(
            """
            CREATE OR REPLACE PROCEDURE changing_session() BEGIN
                SELECT 1; SET time_zone = '+05:00'; SIGNAL SQLSTATE '45000';
            END
            """)
        let error = try await sqlError {
            try await pool.withConnection { handle in
                if isStreamed {
                    for try await _ in try await handle.stream("/* a */ CALL changing_session()") {}
                } else {
                    try await handle.execute("CALL changing_session()")
                }
            }
        }
        #expect(error?.sqlState == "45000", "\(error as Any)")
        #expect(try await pool.withConnection { try await $0.text("SELECT @@time_zone") } == "+00:00")
        try await pool.execute("DROP PROCEDURE changing_session")
        await pool.shutdown()
    }
}
