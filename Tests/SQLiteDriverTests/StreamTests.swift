import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A stream", .timeLimit(.minutes(2))) struct StreamTests {
    let scratch = try! Scratch()

    private func numbers(_ count: Int) -> SQLQuery {
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < \(count)) SELECT x FROM c"
    }

    @Test("gives every row once and in order", arguments: [0, 1, 31, 32, 33, 10_000], SQLite.Execution.allCases)
    func order(count: Int, execution: SQLite.Execution) async throws {
        try await SQLite(path: scratch.path(), execution: execution).lending { handle, _ async throws in
            var expected = 0
            for try await row in try await handle.stream("SELECT x FROM (\(numbers(count))) WHERE \(count) > 0") {
                expected += 1
                #expect(try row.decode(Int.self) == expected)
            }
            #expect(expected == count)
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("of a statement that is wrong is refused before anything is read")
    func syntax() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            #expect(try await kind { try await handle.stream("SELEKT 1") } == .syntax)
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("that is open keeps the connection from everything else, and says so")
    func exclusive() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            for try await _ in try await handle.stream(numbers(3)) {
                #expect(try await kind { try await handle.query("SELECT 1") } == .streamOpen)
                #expect(try await kind { try await handle.execute("CREATE TABLE t(v)") } == .streamOpen)
                #expect(try await kind { try await handle.stream("SELECT 1") } == .streamOpen)
                #expect(try await kind { try await handle.transaction { _ in } } == .streamOpen)
                #expect(try await kind { try await handle.batch(["SELECT 1"]) } == .streamOpen)
            }
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("ends when its loop is left, even while the stream stays in a variable")
    func left() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            let stream = try await handle.stream(numbers(1_000_000))
            for try await row in stream where try row.decode(Int.self) == 40 { break }
            #expect(try await handle.int("SELECT 42") == 42)
            await #expect(throws: SQLError.self) { for try await _ in stream {} }
        }
    }

    @Test("that fails half-way throws, and the connection works on")
    func failing() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            var rows = 0
            await #expect(throws: SQLError.self) {
                // abs() of the smallest integer is an error: after rows enough for several turns.
                for try await _ in try await handle.stream(
                    "SELECT abs(-9223372036854775807 - (x > 500)) FROM (\(numbers(1000)))")
                { rows += 1 }
            }
            #expect(rows > 0 && rows <= 500)
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("is stopped by cancellation, in a turn and between turns")
    func cancelled() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, _ async throws in
            let before = calls.count
            let endlessly = Task { for try await _ in try await handle.stream(endless) {} }
            await calls.reach(before + 2)
            endlessly.cancel()
            await #expect(throws: CancellationError.self) { try await endlessly.value }

            let (seen, token) = AsyncStream.makeStream(of: Void.self)
            let reading = Task {
                for try await _ in try await handle.stream(numbers(.max)) { token.yield() }
            }
            for await _ in seen { break }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("is read through the end of its transaction by nobody")
    func rolledBack() async throws {
        struct Enough: Error {}
        try await SQLite(path: scratch.path()).lending { handle, connection async throws in
            var iterator: SQLRowStream.Iterator?
            do {
                try await handle.transaction { handle async throws in
                    iterator = try await handle.stream(numbers(1000)).makeAsyncIterator()
                    for _ in 0..<32 { _ = try await iterator?.next() }
                    throw Enough()
                }
            } catch is Enough {}
            do {
                _ = try await iterator?.next()
                Issue.record("a row was read")
            } catch is SQLError {}
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("left open when its loan ends holds no snapshot, and can't be read any more (F45)")
    func overstaying() async throws {
        let driver = SQLite(path: scratch.path())
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t AS \(numbers(1000))")
        }
        let pool = try Pool(
            driver, configuration: PoolConfiguration(min: 1, max: 1, resetTimeout: .seconds(20), validation: .never))
        var iterator = try await pool.withConnection { handle async throws in
            var iterator = try await handle.stream("SELECT x FROM t").makeAsyncIterator()
            _ = try await iterator.next()
            return iterator
        }
        for _ in 0..<31 { _ = try await iterator.next() }
        do {
            _ = try await iterator.next()
            Issue.record("a row was read")
        } catch let error as PoolError {
            #expect(error.code == .loanEnded)
        }
        try await driver.lending { handle, _ async throws in
            try await handle.execute("DELETE FROM t WHERE x > 10")
            let busy = try await handle.query("PRAGMA wal_checkpoint(TRUNCATE)").first?.decode(0, as: Int.self)
            #expect(busy == 0)
        }
        #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(Int.self) == 10)
        #expect(pool.statistics.resets == 1)
        #expect(pool.statistics.connected == 1)
        _ = await pool.shutdown()
    }

    // In a process of its own: what others keep in memory would count. `POOLING_STREAM_ROWS` in the environment sets how
    // many rows, for builds with a sanitizer, whose own books grow with what has been allocated.
    @Test("of a million rows stays under 32 MiB")
    func memory() async {
        await #expect(processExitsWith: .success) {
            let rows = ProcessInfo.processInfo.environment["POOLING_STREAM_ROWS"].flatMap { Int($0) } ?? 1_000_000
            let scratch = try Scratch()
            try await SQLite(path: scratch.path()).lending { handle, _ async throws in
                try await handle.execute(
                    """
                    CREATE TABLE t AS
                    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < \(unsafe: "\(rows)"))
                    SELECT x, 'a text long enough to be on the heap ' || x AS s FROM c
                    """)
                for try await _ in try await handle.stream("SELECT x, s FROM t LIMIT 1000") {}
                let before = try residentBytes()
                var most = before
                var sum = 0
                for try await row in try await handle.stream("SELECT x, s FROM t") {
                    let x = try row.decode(0, as: Int.self)
                    sum += x
                    if x % (rows / 20) == 0 { most = max(most, try residentBytes()) }
                }
                #expect(sum == rows * (rows + 1) / 2)
                #expect(most - before < 32 << 20, "grew by \(most - before) bytes")
            }
        }
    }
}
