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

    @Test(
        "F30: whose tables have more columns by now give them at once, on every connection that had prepared them before"
    )
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
        for _ in 0..<3 { #expect(try await widths() == [2]) }
        try await pool.execute("ALTER TABLE changing DROP COLUMN a")
        for _ in 0..<3 { #expect(try await widths() == [1]) }
        #expect(pool.statistics.closed == 0)
        try await pool.execute("DROP TABLE changing")
        await pool.shutdown()
    }

    @Test("F30: whose tables have other columns by now tell their names and values, in streams and of procedures, too")
    func renamedColumns() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE renamed(a INT, b TEXT)")
            try await handle.execute("INSERT INTO renamed VALUES(1, 'one'), (2, 'two')")
            func answers() async throws -> [[String: SQLValue]] {
                var rows = try await handle.query("SELECT * FROM renamed WHERE 0 <> \(1)")
                for try await row in try await handle.stream("SELECT r.* FROM renamed r") { rows.append(row) }
                return rows.map { row in
                    Dictionary(uniqueKeysWithValues: zip(row.columns, row.columns.map { row[$0] ?? .null }))
                }
            }
            for _ in 0..<2 { #expect(try await answers().first == ["a": .integer(1), "b": .text("one")]) }
            try await handle.execute("ALTER TABLE renamed RENAME COLUMN a TO c, MODIFY b VARBINARY(9)")
            for _ in 0..<3 {
                let rows = try await answers()
                #expect(rows.count == 4)
                #expect(rows.first == ["c": .integer(1), "b": .blob(Array("one".utf8))] && rows.first == rows[2])
            }
            try await handle.execute("ALTER TABLE renamed ADD COLUMN d DOUBLE DEFAULT 0.5, ADD COLUMN e INT")
            for _ in 0..<3 {
                let rows = try await answers()
                #expect(rows.count == 4 && rows.first == rows[2])
                #expect(
                    rows.first
                        == ["c": .integer(1), "b": .blob(Array("one".utf8)), "d": .double(0.5), "e": .null])
            }
            try await handle.execute("DROP TABLE renamed")
        }
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
}
