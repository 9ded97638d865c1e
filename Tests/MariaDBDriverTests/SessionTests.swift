import CMariaDB
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@testable import MariaDBDriver

@Suite("What a borrower of MariaDB leaves behind", .timeLimit(.minutes(2)))
struct SessionTests {
    /// What is changed, and what the next borrower must find; nil: an error.
    static let changes: [(change: [SQLQuery], question: SQLQuery, answer: SQLValue?)] = [
        (["SET sql_mode = 'ANSI'"], "SELECT @@sql_mode LIKE '%ANSI%'", .integer(0)),
        (["SET time_zone = '+05:00'"], "SELECT @@time_zone", .text("+00:00")),
        (["SET NAMES latin1"], "SELECT @@character_set_client", .text("utf8mb4")),
        (["SET NAMES latin1"], "SELECT 'ä☃'", .text("ä☃")),
        // What the client believes must be what the server does, in both directions.
        (["SET NAMES latin1"], "SELECT HEX(CONCAT(\("ä"), 'ä'))", .text("C3A4C3A4")),
        (["SET NAMES latin1"], "SELECT @@character_set_results", .text("utf8mb4")),
        (["SET NAMES latin1"], "SELECT @@character_set_connection", .text("utf8mb4")),
        (["SET CHARACTER SET latin1"], "SELECT @@character_set_results", .text("utf8mb4")),
        (["SET character_set_results = NULL"], "SELECT 'ä☃'", .text("ä☃")),
        (["SET collation_connection = 'latin1_bin'"], "SELECT @@collation_connection LIKE 'utf8mb4%'", .integer(1)),
        (["SET foreign_key_checks = 0"], "SELECT @@foreign_key_checks", .integer(1)),
        (["SET SESSION TRANSACTION READ ONLY"], "SELECT @@tx_read_only", .integer(0)),
        (["SET lock_wait_timeout = 1"], "SELECT @@lock_wait_timeout > 1", .integer(1)),
        (["SET SESSION max_statement_time = 1"], "SELECT @@max_statement_time = 0", .integer(1)),
        (
            ["SET ROLE NONE", "SET STATEMENT sql_mode = 'ANSI' FOR SELECT 1"], "SELECT @@sql_mode LIKE '%ANSI%'",
            .integer(0)
        ),
        (["HANDLER held OPEN"], "HANDLER held READ FIRST", nil),
        (["LOCK TABLES held WRITE"], "SELECT COUNT(*) FROM app.held", .integer(0)),
        (["SET @left_behind := 5"], "SELECT @left_behind IS NULL", .integer(1)),
        (["SELECT @left_behind := 5"], "SELECT @left_behind IS NULL", .integer(1)),
        (
            ["CREATE TEMPORARY TABLE held(other INT)", "INSERT INTO held VALUES(5)"], "SELECT COUNT(*) FROM held",
            .integer(0)
        ),
        (["START TRANSACTION", "INSERT INTO held VALUES(5)"], "SELECT COUNT(*) FROM held", .integer(0)),
        (["SET autocommit = 0", "INSERT INTO held VALUES(5)"], "SELECT COUNT(*) FROM held", .integer(0)),
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
    func restored(_ change: (change: [SQLQuery], question: SQLQuery, answer: SQLValue?)) async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TABLE IF NOT EXISTS held(v INT) ENGINE=InnoDB")
        }
        let pool = try Pool(Server.driver, configuration: .init(max: 1))
        let session = try await pool.withConnection { handle in
            for query in change.change { _ = try await handle.query(query) }
            return try await handle.int("SELECT CONNECTION_ID()")
        }
        if let answer = change.answer {
            #expect(try await pool.query(change.question).first?[0] == answer)
        } else {
            #expect(try await sqlError { try await pool.query(change.question) } != nil)
        }
        #expect(try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") } == session)
        #expect(pool.statistics.resets == (change.answer == nil ? 2 : 1))
        await pool.shutdown()
    }

    @Test(
        "F37: is gone in what the client believes of the character set, too, and onConnect's own choice is there again")
    func characterSets() async throws {
        var driver = Server.driver
        driver.onConnect = { try await $0.execute("SET NAMES utf8mb4 COLLATE utf8mb4_bin") }
        try await driver.lending { handle, connection async throws -> Void in
            #expect(try await handle.text("SELECT @@collation_connection") == "utf8mb4_bin")
            try await handle.execute("SET NAMES latin1")
            // The library has heard of it.
            #expect(String(cString: mysql_character_set_name(connection.link)) == "latin1")
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == .dirty)
            try await driver.reset(connection)
            #expect(String(cString: mysql_character_set_name(connection.link)) == "utf8mb4")
            let next = driver.lend(connection, loan: .second)
            for name in ["client", "connection", "results"] {
                let query = SQLQuery(unsafe: "SELECT @@character_set_\(name)")
                #expect(try await next.text(query) == "utf8mb4")
            }
            #expect(try await next.text("SELECT @@collation_connection") == "utf8mb4_bin")
            #expect(try await next.text("SELECT \("ä☃😀")") == "ä☃😀")
            driver.reclaim(connection, loan: .second)
        }
    }

    @Test("F37: is gone in what the client believes of the character set where nobody sets it up")
    func clientCharacterSet() async throws {
        let driver = Server.driver
        try await driver.lending { handle, connection async throws -> Void in
            try await handle.execute("SET NAMES latin1")
            driver.reclaim(connection, loan: .first)
            try await driver.reset(connection)
            #expect(String(cString: mysql_character_set_name(connection.link)) == "utf8mb4")
            let next = driver.lend(connection, loan: .second)
            #expect(try await next.text("SELECT @@character_set_client") == "utf8mb4")
            driver.reclaim(connection, loan: .second)
        }
    }

    @Test("F37, F53: that a function does unseen is gone with .always, and stays with .tracked; with .never all stays")
    func policies() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute(
                "CREATE OR REPLACE FUNCTION locked_unseen() RETURNS INT RETURN GET_LOCK('unseen', 0)")
        }
        for (policy, isKept) in [(SQLSessionReset.tracked, true), (.always, false), (.never, true)] {
            var driver = Server.driver
            driver.sessionReset = policy
            let pool = try Pool(driver, configuration: .init(max: 1))
            #expect(try await pool.withConnection { try await $0.int("SELECT locked_unseen()") } == 1)
            let isLocked = try await pool.withConnection {
                try await $0.int("SELECT IS_USED_LOCK('unseen') IS NOT NULL")
            }
            #expect((isLocked == 1) == isKept, "\(policy)")
            try await pool.execute("SET lock_wait_timeout = 7")
            let timeout = try await pool.withConnection { try await $0.int("SELECT @@lock_wait_timeout") }
            #expect((timeout == 7) == (policy == .never))
            await pool.shutdown()
            // It is free for the next of these.
            #expect(
                try await eventually {
                    try await MariaDBServer.shared.int("SELECT IS_USED_LOCK('unseen') IS NULL") == 1
                })
        }
    }

    @Test("F36, F38: a session in which the library has connected anew would be another one, and is never lent")
    func threads() async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            #expect(try await handle.session() == Int(mysql_thread_id(connection.link)))
            var isOn: my_bool = 1
            #expect(mysql_get_option(connection.link, MYSQL_OPT_RECONNECT, &isOn) == 0 && isOn == 0)
            var files: UInt32 = 1
            #expect(mysql_get_option(connection.link, MYSQL_OPT_LOCAL_INFILE, &files) == 0 && files == 0)
        }
    }

    @Test("F53: that can't be put back costs the connection")
    func irreversible() async throws {
        let pool = try Pool(Server.driver, configuration: .init(max: 1))
        let session = try await pool.withConnection { handle in
            try await handle.execute("XA START 'left'")
            return try await handle.session()
        }
        #expect(try await pool.withConnection { try await $0.session() } != session)
        #expect(try await pool.withConnection { try await $0.int("SELECT @@in_transaction") } == 0)
        await pool.shutdown()
    }

    @Test(
        "F37: is gone where a function has left it that was called for a row, in a stream, too",
        arguments: [false, true])
    func changedByFunction(isStreamed: Bool) async throws {
        let pool = try Pool(Server.superuser, configuration: .init(max: 1))
        try await pool.execute(
            """
            CREATE OR REPLACE FUNCTION app.changing_zone() RETURNS INT BEGIN SET time_zone = '+05:00'; RETURN 1; END
            """)
        try await pool.withConnection { handle in
            if isStreamed {
                for try await row in try await handle.stream("SELECT app.changing_zone()") {
                    #expect(row[0] == .integer(1))
                }
            } else {
                #expect(try await handle.int("SELECT app.changing_zone()") == 1)
            }
        }
        #expect(try await pool.withConnection { try await $0.text("SELECT @@time_zone") } == "+00:00")
        try await pool.execute("DROP FUNCTION app.changing_zone")
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
