import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Streams", .timeLimit(.minutes(2)))
struct StreamTests {
    @Test("give every row in its order, in bounded memory")
    func all() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            let before = try residentBytes()
            var next = 1
            let rows = try await handle.stream("SELECT x, repeat('y', 200) FROM generate_series(1, 400000) x")
            for try await row in rows {
                if try row.decode(0, as: Int.self) != next { break }
                next += 1
            }
            #expect(next == 400_001)
            #expect(try residentBytes() - before < 32 << 20)
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .ready)
        }
    }

    @Test("keep other statements out until they were read or left; leaving stops them")
    func leaving() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            do {
                let rows = try await handle.stream("SELECT generate_series(1, 100000000)")
                for try await _ in rows {
                    let error = try await sqlError { try await handle.query("SELECT 1") }
                    #expect(error?.kind == .streamOpen)
                    break
                }
            }
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .ready)
        }
    }

    @Test("that are left inside of a transaction do not end it")
    func leavingInTransaction() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            let sum = try await handle.transaction {
                let rows = try await $0.stream("SELECT generate_series(1, 100000)")
                for try await _ in rows { break }
                return try await $0.int("SELECT 7")
            }
            #expect(sum == 7)
        }
    }

    @Test("tell an error where it happens, after the rows before it")
    func failing() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            var count = 0
            let error = try await sqlError {
                for try await _ in try await handle.stream("SELECT 1 / (x - 5000) FROM generate_series(1, 9000) x") {
                    count += 1
                }
            }
            #expect(error?.sqlState == "22012" && count > 0 && count < 5000)
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .ready)
        }
    }

    @Test("end when their task is cancelled, and the connection goes on")
    func cancelled() async throws {
        try await Server.driver.lending { (handle, connection) async throws -> Void in
            let observer = try Observer()
            let process = try await handle.process()
            let reader = Task {
                for try await _ in try await handle.stream(
                    "SELECT x, pg_sleep(0.001) FROM generate_series(1, 100000000) x")
                {}
            }
            #expect(try await eventually { try await observer.isActive(process) })
            reader.cancel()
            await observer.end()
            await #expect(throws: CancellationError.self) { try await reader.value }
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(Server.driver.condition(of: connection) == .ready)
        }
    }

    @Test("F30: whose table has changed are prepared again")
    func outdated() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t AS SELECT 1 AS a")
            for width in 1...3 {
                var count = 0
                for try await row in try await handle.stream("SELECT * FROM t") {
                    #expect(row.count == width)
                    count += 1
                }
                #expect(count == 1)
                try await handle.execute(SQLQuery(unsafe: "ALTER TABLE t ADD COLUMN b\(width) int"))
            }
        }
    }

    @Test("that are left open with the loan are ended by the reset")
    func leftOpen() async throws {
        let driver = Server.driver
        try await driver.lending { (handle, connection) async throws -> Void in
            let rows = try await handle.stream("SELECT generate_series(1, 100000000)")
            var iterator = rows.makeAsyncIterator()
            _ = try await iterator.next()
            driver.reclaim(connection, loan: .first)
            #expect(driver.condition(of: connection) == .dirty)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await driver.lend(connection, loan: .second).int("SELECT 7") == 7)
            driver.reclaim(connection, loan: .second)
        }
    }

    @Test("whose values are larger than the socket takes can be left before its first row, and the next statement runs")
    func leftBeforeItIsSent() async throws {
        try await Server.driver.lending { (handle, _) async throws -> Void in
            let large = SQLValue.blob([UInt8](repeating: 7, count: 16 << 20))
            try await handle.transaction { handle in
                do { _ = try await handle.stream("SELECT length(\(large)::bytea)") }
                #expect(try await handle.int("SELECT 7") == 7)
            }
        }
    }
}
