import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Statements of MariaDB", .timeLimit(.minutes(2)))
struct StatementTests {
    @Test("tell what they have done: rows that were found, and the key that was made")
    func results() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE r(id INT AUTO_INCREMENT PRIMARY KEY, v INT)")
            #expect(
                try await handle.execute("INSERT INTO r(v) VALUES(1)") == SQLResult(rowsAffected: 1, lastInsertID: 1))
            #expect(try await handle.execute("INSERT INTO r(v) VALUES(1), (2)").rowsAffected == 2)
            // As on other databases: the one that has the value already counts, too.
            #expect(try await handle.execute("UPDATE r SET v = 1").rowsAffected == 3)
            #expect(try await handle.execute("SELECT * FROM r").rowsAffected == 0)
            #expect(try await handle.execute("DELETE FROM r WHERE v = 1").rowsAffected == 3)
        }
    }

    @Test("that fail leave the connection as it was, and quote no value (F63)")
    func failures() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE f(v VARCHAR(20) NOT NULL UNIQUE, CHECK (v <> 'x'))")
            try await handle.execute("INSERT INTO f VALUES(\("canary-8d21")), ('y')")
            let wrong: [(SQLQuery, SQLError.Kind)] = [
                ("INSERT INTO f VALUES(\("canary-8d21"))", .uniqueViolation),
                ("INSERT INTO f VALUES(NULL)", .notNullViolation),
                ("INSERT INTO f VALUES('x')", .checkViolation), ("SELEC 'canary-8d21'", .syntax),
                ("SELECT * FROM no_such_table", .syntax), ("SELECT no_such_column FROM f", .syntax),
                ("INSERT INTO f VALUES(\(String(repeating: "canary-8d21", count: 9)))", .typeMismatch),
                ("SELECT * FROM mysql.user", .permissionDenied),
            ]
            for (query, kind) in wrong {
                let error = try #require(try await sqlError { try await handle.query(query) })
                #expect(error.kind == kind, "\(query): \(error)")
                #expect(!error.description.contains("canary"), "\(error)")
            }
            let binds = try await sqlError {
                try await handle.query(SQLQuery(unsafe: "SELECT ?, ?", binds: [.integer(1)]))
            }
            #expect(binds?.kind == .syntax)
            #expect(try await handle.int("SELECT COUNT(*) FROM f") == 2)
        }
    }

    @Test("F30: whose tables have changed fail once on every connection that had prepared them before, which stays")
    func changedTable() async throws {
        let pool = try Pool(Server.driver, configuration: .init(max: 5))
        try await pool.execute("CREATE OR REPLACE TABLE changing(a INT)")
        try await pool.execute("INSERT INTO changing VALUES(1)")
        let select: SQLQuery = "SELECT * FROM changing"
        func widths() async throws -> Set<Int> {
            try await withThrowingTaskGroup(of: Int.self) { group in
                let all = Rendezvous(5)
                for _ in 0..<5 {
                    group.addTask {
                        try await pool.withConnection { handle in
                            await all.arrive()
                            return try await handle.query(select).first?.count ?? 0
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.insert($1) }
            }
        }
        #expect(try await widths() == [1])
        try await pool.execute("ALTER TABLE changing ADD COLUMN b INT DEFAULT 2")
        // Read by all five before: each of them says so, and has forgotten the statement then.
        for _ in 0..<5 {
            let error = try await sqlError { try await pool.query(select) }
            #expect(error == nil || error?.vendorCode == 2057)
        }
        for _ in 0..<10 where (try? await widths()) != [2] {}
        #expect(try await widths() == [2])
        #expect(pool.statistics.closed == 0)
        try await pool.execute("DROP TABLE changing")
        await pool.shutdown()
    }

    @Test("F30: that the server has no room for are an error, and those that were forgotten make room")
    func statementLimit() async throws {
        try await MariaDBServer.isolated("max_prepared_stmt_count=20") { server in
            var driver = server.driver
            driver.statementCacheCapacity = 10
            try await driver.lending { handle, _ async throws -> Void in
                for number in 0..<50 {
                    #expect(try await handle.int(SQLQuery(unsafe: "SELECT \(number)")) == number)
                }
            }
            driver.statementCacheCapacity = 256
            try await driver.lending { handle, _ async throws -> Void in
                let error = try await sqlError {
                    for number in 0..<50 { _ = try await handle.query(SQLQuery(unsafe: "SELECT \(number)")) }
                }
                #expect(error?.vendorCode == 1461)
                #expect(try await handle.int(SQLQuery(unsafe: "SELECT 1")) == 1)
            }
        }
    }

    @Test("of procedures: the rows of the first result come, all others are read away")
    func procedures() async throws {
        try await Server.superuser.lending { handle, _ async throws -> Void in
            try await handle.execute("USE app")
            try await handle.execute(
                "CREATE OR REPLACE PROCEDURE several() BEGIN SELECT 1 AS a; SELECT 2 AS b, 3 AS c; SET @done = 4; END")
            for _ in 0..<3 {
                let rows = try await handle.query("CALL several()")
                #expect(rows.count == 1 && rows.first?["a"] == .integer(1))
                try await handle.execute("CALL several()")
                var count = 0
                for try await _ in try await handle.stream("CALL several()") { count += 1 }
                #expect(count == 1)
                #expect(try await handle.int("SELECT @done") == 4)
            }
            try await handle.execute("DROP PROCEDURE several")
        }
    }

    @Test("of a batch are all done, or none")
    func batch() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE b(v INT UNIQUE) ENGINE=InnoDB")
            let results = try await handle.batch((0..<300).map { "INSERT INTO b VALUES(\($0))" })
            #expect(results.count == 300 && results.allSatisfy { $0.rowsAffected == 1 })
            let error = try await sqlError {
                try await handle.batch([301, 302, 5, 303].map { "INSERT INTO b VALUES(\($0))" })
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.message.hasPrefix("statement 3 of 4: ") == true)
            #expect(try await handle.int("SELECT COUNT(*) FROM b") == 300)
        }
    }
}
