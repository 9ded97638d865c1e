import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Batches of MariaDB", .timeLimit(.minutes(2)))
struct BatchTests {
    /// How many statements the server has executed for this session.
    private func executions(_ handle: MariaDBHandle) async throws -> Int {
        let rows = try await handle.query("SHOW SESSION STATUS LIKE 'Com_stmt_execute'")
        return try Int(rows.first?.decode(1, as: String.self) ?? "") ?? -1
    }

    @Test("are all done, or none, and an error says which statement it was")
    func atomic() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE b(v INT UNIQUE) ENGINE=InnoDB")
            let results = try await handle.batch((0..<300).map { "INSERT INTO b VALUES(\($0))" })
            #expect(results == Array(repeating: SQLResult(rowsAffected: 1), count: 300))
            let error = try await sqlError {
                try await handle.batch([301, 302, 5, 303].map { "INSERT INTO b VALUES(\($0))" })
            }
            #expect(error?.kind == .uniqueViolation)
            #expect(error?.message.hasPrefix("statement 3 of 4: ") == true)
            #expect(try await handle.int("SELECT COUNT(*) FROM b") == 300)
            // Within a transaction that goes on.
            try await handle.transaction { handle in
                try await handle.execute("INSERT INTO b VALUES(1000)")
                let error = try await sqlError {
                    try await handle.batch([1001, 1002, 1000].map { "INSERT INTO b VALUES(\($0))" })
                }
                #expect(error?.message.hasPrefix("statement 3 of 3: ") == true)
                try await handle.batch([1001, 1002].map { "INSERT INTO b VALUES(\($0))" })
            }
            #expect(try await handle.int("SELECT COUNT(*) FROM b WHERE v >= 1000") == 3)
        }
    }

    @Test("send equal insertions together, and bring every value where it belongs")
    func bulk() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute(
                """
                CREATE TEMPORARY TABLE bulk(id INT AUTO_INCREMENT PRIMARY KEY, n BIGINT, d DOUBLE, f BOOL, t LONGTEXT,
                    b LONGBLOB, m DECIMAL(20, 5)) ENGINE=InnoDB
                """)
            let rows: [[SQLValue]] = (0..<1000).map { number in
                let isGap = number % 7 == 0
                return [
                    number % 5 == 0 ? .null : .integer(Int64(number) << 40), .double(Double(number) / 3),
                    isGap ? .null : .bool(number % 2 == 0), .text(String(repeating: "ä☃", count: number % 90)),
                    isGap ? .null : .blob(Array(repeating: UInt8(number % 251), count: number % 300)),
                    .decimal(-1_234.5),
                ]
            }
            let before = try await executions(handle)
            let results = try await handle.batch(
                rows.map {
                    "INSERT INTO bulk(n, d, f, t, b, m) VALUES(\($0[0]), \($0[1]), \($0[2]), \($0[3]), \($0[4]), \($0[5]))"
                })
            #expect(results.count == 1000 && results.allSatisfy { $0.rowsAffected == 1 })
            #expect(try await executions(handle) - before < 20)
            let found = try await handle.query("SELECT n, d, f, t, b, m FROM bulk ORDER BY id")
            #expect(found.count == 1000)
            for (row, expected) in zip(found, rows) {
                var expected = expected
                if case .bool(let flag) = expected[2] { expected[2] = .integer(flag ? 1 : 0) }
                #expect(Array(row.values) == expected)
            }
        }
    }

    @Test(
        "of several statements, of texts made at run time, of several rows each and of other kinds do the same as alone"
    )
    func mixed() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE m(v INT UNIQUE, w TEXT) ENGINE=InnoDB")
            var queries: [SQLQuery] = []
            for number in [1, 2, 3] {
                queries.append("INSERT INTO m VALUES(\(number), \("a")), (\(number + 10), \("b"))")
            }
            for number: Int64 in [4, 5] {
                queries.append(SQLQuery(unsafe: "INSERT INTO m VALUES(?, NULL)", binds: [.integer(number)]))
            }
            for _ in 0..<2 { queries.append("UPDATE m SET w = 'c' WHERE v > 10") }
            for number in [4, 6] { queries.append("INSERT IGNORE INTO m(v) VALUES(\(number))") }
            for number in [1, 7] { queries.append("REPLACE INTO m(v) VALUES(\(number))") }
            // Values of other types in the middle.
            for value: SQLValue in [.integer(8), .text("9"), .integer(10)] {
                queries.append("INSERT INTO m(v) VALUES(\(value))")
            }
            let results = try await handle.batch(queries)
            #expect(results.map(\.rowsAffected) == [2, 2, 2, 1, 1, 3, 3, 0, 1, 2, 1, 1, 1, 1])
            #expect(try await handle.int("SELECT COUNT(*) FROM m") == 13)
            let wrong = try await sqlError {
                try await handle.batch([
                    SQLQuery(unsafe: "INSERT INTO m(v) VALUES(?)", binds: [.integer(20)]),
                    SQLQuery(unsafe: "INSERT INTO m(v) VALUES(?)", binds: []),
                ])
            }
            #expect(wrong?.message.hasPrefix("statement 2 of 2: ") == true)
            #expect(try await handle.int("SELECT COUNT(*) FROM m") == 13)
        }
    }

    @Test("that are more than a packet holds go in several, rows larger than that by themselves")
    func large() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE l(v INT PRIMARY KEY, b LONGBLOB) ENGINE=InnoDB")
            let sizes = (0..<40).map { $0 % 10 == 9 ? 3 << 20 : 100_000 }
            let results = try await handle.batch(
                sizes.enumerated().map { number, size in
                    "INSERT INTO l VALUES(\(number), \([UInt8](repeating: UInt8(number), count: size)))"
                })
            #expect(results.count == 40)
            let found = try await handle.query("SELECT LENGTH(b), HEX(RIGHT(b, 1)) FROM l ORDER BY v")
            for (number, row) in found.enumerated() {
                let (size, last) = try row.decode((Int, String).self)
                #expect(size == sizes[number] && Int(last, radix: 16) == number)
            }
        }
    }

    @Test("that fail are not repeated where tables without transactions have kept a part of them (F18)")
    func withoutTransactions() async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE a(v INT UNIQUE) ENGINE=Aria TRANSACTIONAL=0")
            let error = try await sqlError {
                try await handle.batch([1, 2, 1, 3].map { "INSERT INTO a VALUES(\($0))" })
            }
            #expect(error?.kind == .uniqueViolation, "\(error as Any)")
            #expect(error?.message.hasPrefix("one of 4 equal statements of the batch: ") == true, "\(error as Any)")
            #expect(try await handle.int("SELECT COUNT(*) FROM a") == 2)
            #expect(Server.driver.condition(of: connection) != .broken)
        }
    }

    @Test("without values do the same as alone")
    func withoutValues() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE w(v INT) ENGINE=Aria TRANSACTIONAL=0")
            let results = try await handle.batch([
                "INSERT INTO w VALUES(\(1))", "INSERT INTO w VALUES(2)", "INSERT INTO w VALUES(2)",
            ])
            #expect(results.map(\.rowsAffected) == [1, 1, 1])
            #expect(try await handle.int("SELECT SUM(v) FROM w") == 5)
        }
    }

    @Test("whose packets the server does not take go in smaller ones")
    func smallPackets() async throws {
        try await MariaDBServer.isolated("max_allowed_packet=64K") { server in
            var driver = Server.driver
            driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: server.port)]
            try await driver.lending { handle, _ async throws -> Void in
                try await handle.execute("CREATE TEMPORARY TABLE p(v TEXT) ENGINE=InnoDB")
                let text = String(repeating: "x", count: 1000)
                try await handle.batch((0..<500).map { _ in "INSERT INTO p VALUES(\(text))" })
                #expect(try await handle.int("SELECT SUM(LENGTH(v)) FROM p") == 500_000)
            }
        }
    }

    @Test("that take longer than a rollback may are repeated in full where one statement is refused")
    func slowRefusal() async throws {
        var driver = Server.driver
        driver.cancelTimeout = .milliseconds(400)
        try await driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE s(v INT UNIQUE) ENGINE=InnoDB")
            let error = try await sqlError {
                try await handle.batch([1, 2, 3, 4, 5, 1].map { "INSERT INTO s VALUES(\($0) + SLEEP(0.2))" })
            }
            #expect(error?.kind == .uniqueViolation, "\(error as Any)")
            #expect(error?.message.hasPrefix("statement 6 of 6: ") == true)
        }
    }

    @Test("that are stopped leave nothing, and the connection as it was", arguments: [false, true])
    func stopped(isCancelled: Bool) async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE s(v INT) ENGINE=InnoDB")
            let queries: [SQLQuery] = (0..<200).map { "INSERT INTO s VALUES(\($0) + SLEEP(0.2))" }
            if isCancelled {
                let task = Task { try await handle.batch(queries) }
                try await Task.sleep(for: .milliseconds(300))
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            } else {
                let error = try await sqlError {
                    try await handle.until(.now + .milliseconds(300)).batch(queries)
                }
                #expect(error?.kind == .interrupted, "\(String(describing: error))")
            }
            #expect(try await handle.int("SELECT COUNT(*) FROM s") == 0)
            #expect(Server.driver.condition(of: connection) != .broken)
        }
    }
}
