import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Transactions of MariaDB", .timeLimit(.minutes(2)))
struct TransactionTests {
    @Test("F44: that the server took back for a deadlock take no more statements, whoever hides the error")
    func deadlock() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE deadlocks(id INT PRIMARY KEY, v INT) ENGINE=InnoDB")
            try await handle.execute("INSERT INTO deadlocks VALUES(1, 0), (2, 0)")
        }
        let both = Rendezvous(2)
        // Each takes a row of its own, and then the other's; the one that is refused goes on as if nothing had been.
        func meet(_ first: Int, _ second: Int) async throws -> (kind: SQLError.Kind?, end: SQLError.Kind?) {
            try await Server.driver.lending { handle, _ async throws in
                var kind: SQLError.Kind?
                let end = try await sqlError {
                    try await handle.transaction { handle in
                        try await handle.execute("UPDATE deadlocks SET v = 1 WHERE id = \(first)")
                        await both.arrive()
                        kind = try await sqlError {
                            try await handle.execute("UPDATE deadlocks SET v = 1 WHERE id = \(second)")
                        }?.kind
                        if kind != nil {
                            let next = try await sqlError {
                                try await handle.execute("INSERT INTO deadlocks VALUES(\(first + 10), 0)")
                            }
                            #expect(next?.kind == .transactionLost, "\(next as Any)")
                        }
                    }
                }
                return (kind, end?.kind)
            }
        }
        async let one = meet(1, 2)
        async let other = meet(2, 1)
        let results = try await [one, other]
        #expect(results.filter { $0.kind == .deadlock && $0.end == .transactionLost }.count == 1, "\(results)")
        #expect(results.filter { $0.kind == nil && $0.end == nil }.count == 1, "\(results)")
        try await Server.driver.lending { handle, _ async throws -> Void in
            #expect(try await handle.int("SELECT COUNT(*) FROM deadlocks WHERE id > 10") == 0)
            try await handle.execute("DROP TABLE deadlocks")
        }
    }

    @Test(
        "F44: that a statement has ended to begin another one take no more",
        arguments: ["BEGIN", "START TRANSACTION", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "/* on */ BEGIN WORK"])
    func begunAnew(_ statement: String) async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE anew(v INT) ENGINE=InnoDB")
            let error = try await sqlError {
                try await handle.transaction { handle in
                    try await handle.execute("INSERT INTO anew VALUES(1)")
                    try await handle.execute(SQLQuery(unsafe: statement))
                    try await handle.execute("INSERT INTO anew VALUES(2)")
                }
            }
            #expect(error?.kind == .transactionLost, "\(error as Any)")
            #expect(try await sqlError { try await handle.query("SELECT 5") }?.kind == .transactionLost)
            // What was begun by hand is nobody's to end.
            #expect(Server.driver.condition(of: connection) == .broken)
        }
    }

    @Test(
        "go on after what takes nothing back: a savepoint, a statement that fails, a lock that was waited for in vain")
    func goOn() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE locked(v INT PRIMARY KEY) ENGINE=InnoDB")
            try await handle.execute("INSERT INTO locked VALUES(1)")
            try await Server.driver.lending { (other, _) async throws -> Void in
                try await handle.transaction { handle in
                    try await handle.execute("UPDATE locked SET v = 2 WHERE v = 1")
                    try await other.execute("SET SESSION innodb_lock_wait_timeout = 1")
                    try await other.transaction { other in
                        try await other.execute("INSERT INTO locked VALUES(10)")
                        let busy = try await sqlError { try await other.execute("UPDATE locked SET v = 3 WHERE v = 1") }
                        #expect(busy?.kind == .busy)
                        let twice = try await sqlError { try await other.execute("INSERT INTO locked VALUES(10)") }
                        #expect(twice?.kind == .uniqueViolation)
                        try? await other.transaction { other in
                            try await other.execute("INSERT INTO locked VALUES(11)")
                            throw CancellationError()
                        }
                        try await other.execute("INSERT INTO locked VALUES(12)")
                    }
                }
                #expect(try await other.int("SELECT SUM(v) FROM locked") == 24)
            }
            try await handle.execute("DROP TABLE locked")
        }
    }

    @Test("keep what a stream does that is left before its last row")
    func leftStream() async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE left_stream(v INT, w TEXT) ENGINE=InnoDB")
            try await handle.execute("INSERT INTO left_stream SELECT seq, REPEAT('x', 200) FROM seq_1_to_60000")
            try await handle.transaction { handle in
                for try await _ in try await handle.stream("DELETE FROM left_stream RETURNING v, w") { break }
                #expect(try await handle.int("SELECT COUNT(*) FROM left_stream") == 0)
            }
            #expect(try await handle.int("SELECT COUNT(*) FROM left_stream") == 0)
            #expect(Server.driver.condition(of: connection) != .broken)
        }
    }

    @Test("F44: that a procedure ends behind the rows that were left take no more")
    func endedBehindRows() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE behind(v INT) ENGINE=InnoDB")
            try await handle.execute("CREATE OR REPLACE PROCEDURE ending() BEGIN SELECT 1; COMMIT; END")
            let error = try await sqlError {
                try await handle.transaction { handle in
                    for try await _ in try await handle.stream("CALL ending()") { break }
                    try await handle.execute("INSERT INTO behind VALUES(1)")
                }
            }
            #expect(error?.kind == .transactionLost, "\(error as Any)")
            #expect(try await handle.int("SELECT COUNT(*) FROM behind") == 0)
            try await handle.execute("DROP PROCEDURE ending")
            try await handle.execute("DROP TABLE behind")
        }
    }

    @Test("go on after a block of statements, which begins as they do")
    func block() async throws {
        try await Server.driver.lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE TEMPORARY TABLE block(v INT) ENGINE=InnoDB")
            try await handle.transaction { handle in
                try await handle.execute(
                    "BEGIN NOT ATOMIC INSERT INTO block VALUES(1); INSERT INTO block VALUES(2); END")
                try await handle.execute("INSERT INTO block VALUES(3)")
            }
            #expect(try await handle.int("SELECT COUNT(*) FROM block") == 3)
        }
    }

    @Test(
        "F27: a write that the transaction itself forbids, or another option of the server, costs no other connection")
    func forbidden() async throws {
        let pool = try Pool(Server.superuser, configuration: .init(min: 3, max: 3))
        try await pool.warmUp()
        try await pool.execute("CREATE OR REPLACE TABLE app.forbidden(v INT) ENGINE=InnoDB")
        let sessions = pool.statistics.connected
        let write = try await sqlError {
            try await pool.transaction(SQLTransactionOptions(access: .readOnly)) {
                try await $0.execute("INSERT INTO app.forbidden VALUES(1)")
            }
        }
        #expect(write?.kind == .readOnly)
        try await pool.execute("DROP TABLE app.forbidden")
        #expect(pool.statistics.connected == sessions && pool.statistics.closed == 0)
        await pool.shutdown()
    }
}
