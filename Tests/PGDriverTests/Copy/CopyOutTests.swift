import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("COPY to the client", .timeLimit(.minutes(2)))
struct CopyOutTests {
    let driver = Server.driver

    @Test("gives whole rows in their order, in bounded memory, and the connection goes on")
    func all() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            let before = try residentBytes()
            var next = 1
            var largest = 0
            let chunks = try await handle.copyOut(
                "COPY (SELECT x, repeat('y', 200) FROM generate_series(1, 300000) x) TO STDOUT")
            for try await chunk in chunks {
                largest = max(largest, chunk.count)
                for line in chunk.split(separator: UInt8(ascii: "\n")) {
                    let number = line.prefix { $0 != UInt8(ascii: "\t") }
                    if Int(String(decoding: number, as: UTF8.self)) == next { next += 1 }
                }
            }
            #expect(next == 300_001)
            #expect(largest < 128 << 10)
            #expect(try residentBytes() - before < 32 << 20)
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    @Test("of nothing is over at once; one of a large value is one chunk")
    func sizes() async throws {
        try await driver.lending { (handle, _) async throws -> Void in
            for try await _ in try await handle.copyOut("COPY (SELECT 1 WHERE false) TO STDOUT") {
                Issue.record("there is no row")
            }
            var counts: [Int] = []
            for try await chunk in try await handle.copyOut("COPY (SELECT repeat('x', 1000000)) TO STDOUT") {
                counts.append(chunk.count)
            }
            #expect(counts == [1_000_001])
        }
    }

    @Test("keeps other statements out until it was read or left; leaving stops it, also inside of a transaction")
    func leaving() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            do {
                let chunks = try await handle.copyOut(
                    "COPY (SELECT generate_series(1, 100000000)) TO STDOUT")
                for try await _ in chunks {
                    let error = try await sqlError { try await handle.query("SELECT 1") }
                    #expect(error?.kind == .streamOpen)
                    break
                }
            }
            #expect(try await handle.int("SELECT 7") == 7)
            #expect(driver.condition(of: connection) == .ready)
            let sum = try await handle.transaction { handle in
                for try await _ in try await handle.copyOut("COPY (SELECT generate_series(1, 100000)) TO STDOUT") {
                    break
                }
                return try await handle.int("SELECT 8")
            }
            #expect(sum == 8)
            let chunks = try await handle.copyOut("COPY (SELECT 1) TO STDOUT")
            for try await _ in chunks {}
            await #expect(throws: SQLError.self) { for try await _ in chunks {} }
        }
    }

    @Test("tells an error where it happens, after the rows before it")
    func failing() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            var count = 0
            let error = try await sqlError {
                for try await chunk in try await handle.copyOut(
                    "COPY (SELECT 1 / (x - 50000) FROM generate_series(1, 90000) x) TO STDOUT")
                { count += chunk.count { $0 == UInt8(ascii: "\n") } }
            }
            #expect(error?.sqlState == "22012" && count == 49_999)
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    @Test("F11: ends when its task is cancelled or its deadline passes, and the connection goes on")
    func stopped() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            let (begun, signal) = AsyncStream.makeStream(of: Void.self)
            let reader = Task {
                for try await _ in try await handle.copyOut(
                    "COPY (SELECT generate_series(1, 1000000000)) TO STDOUT")
                { signal.yield() }
            }
            for await _ in begun { break }
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 7") == 7)
            let error = try await sqlError {
                let handle = handle.until(.now + .milliseconds(300))
                // One that has something to read all the time, and one that waits for the server.
                for try await _ in try await handle.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") {}
            }
            #expect(error?.kind == .interrupted)
            let other = try await sqlError {
                let handle = handle.until(.now + .milliseconds(300))
                for try await _ in try await handle.copyOut("COPY (SELECT pg_sleep(60)) TO STDOUT") {}
            }
            #expect(other?.kind == .interrupted)
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 8") == 8)
        }
    }

    @Test("F32: that is left open with the loan is ended by the reset, and counted as one")
    func leftOpen() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let process = try await pool.withConnection { handle in
            let process = try await handle.process()
            var chunks = try await handle.copyOut(
                "COPY (SELECT generate_series(1, 100000000)) TO STDOUT"
            ).makeAsyncIterator()
            _ = try await chunks.next()
            return process
        }
        #expect(try await pool.withConnection { try await $0.process() } == process)
        let statistics = pool.statistics
        #expect(statistics.resets == 1 && statistics.connected == 1 && statistics.leased == 0)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("F21: is never complete when it was cut off, and its connection is not used again")
    func cutOff() async throws {
        let configuration = try Server.configuration
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: configuration.hosts[0].port))
        defer { proxy.stop() }
        var proxied = configuration
        proxied.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        let driver = Postgres(proxied)
        let statement: SQLQuery = "COPY (SELECT x FROM generate_series(1, 20) x) TO STDOUT"
        // As long as the answer: 20 rows in messages of their own and what comes around them. Every place in it.
        var bytes = 0
        var isComplete = false
        while !isComplete {
            bytes += 1
            let connection = try await driver.connect()
            let handle = driver.lend(connection, loan: .first)
            proxy.change { $0.toClient.cutAfter = bytes }
            var lines = 0
            do {
                for try await chunk in try await handle.copyOut(statement) {
                    lines += chunk.count { $0 == UInt8(ascii: "\n") }
                }
                isComplete = true
                #expect(lines == 20)
            } catch let error as SQLError {
                #expect(error.kind == .mayHaveExecuted, "cut after \(bytes) bytes: \(error)")
                #expect(driver.condition(of: connection) == .broken)
            }
            proxy.change { $0.toClient.cutAfter = nil }
            driver.reclaim(connection, loan: .first)
            await driver.close(connection)
            try #require(bytes < 2000)
        }
        #expect(bytes > 150)
    }

    @Test("F21: is the same in pieces of one byte")
    func sliced() async throws {
        let configuration = try Server.configuration
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: configuration.hosts[0].port))
        defer { proxy.stop() }
        var proxied = configuration
        proxied.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        try await Postgres(proxied).lending { (handle, _) async throws -> Void in
            proxy.change { $0.toClient.largestPiece = 1 }
            var text: [UInt8] = []
            for try await chunk in try await handle.copyOut("COPY (SELECT generate_series(1, 500)) TO STDOUT") {
                text += chunk
            }
            #expect(String(decoding: text, as: UTF8.self) == (1...500).map { "\($0)\n" }.joined())
        }
    }

    @Test("in the pool's own loan")
    func pooled() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        let count = try await pool.copyOut("COPY (SELECT generate_series(1, 1000)) TO STDOUT (FORMAT binary)") {
            var count = 0
            for try await chunk in $0 { count += chunk.count }
            return count
        }
        // A head of 19 bytes, a tail of 2, and 10 for each row.
        #expect(count == 19 + 10 * 1000 + 2)
        #expect(pool.statistics.resets == 0)
        _ = await pool.shutdown(within: .seconds(5))
    }
}
