import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("COPY from the client", .timeLimit(.minutes(2)))
struct CopyInTests {
    let driver = Server.driver

    private func lending(_ body: (PGHandle, PGConnection) async throws -> Void) async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int PRIMARY KEY, b text)")
            try await body(handle, connection)
            #expect(driver.condition(of: connection) == .dirty || driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    /// Chunks of bytes, and what happens where they end.
    private struct Chunks: AsyncSequence, AsyncIteratorProtocol {
        var next: @Sendable (Int) async throws -> [UInt8]?
        private var position = 0

        init(_ next: @escaping @Sendable (Int) async throws -> [UInt8]?) { self.next = next }

        func makeAsyncIterator() -> Chunks { self }
        mutating func next() async throws -> [UInt8]? {
            defer { position += 1 }
            return try await next(position)
        }
    }

    struct Refusal: Error {}

    @Test("takes every row, wherever one chunk ends, and tells how many there were")
    func all() async throws {
        try await lending { (handle, _) async throws -> Void in
            let bytes = Array((1...50_000).map { "\($0)\trow \($0)\n" }.joined().utf8)
            for piece in [1 << 20, 100_003, 7919] {
                let count = try await handle.copyIn(
                    "COPY t FROM STDIN",
                    from: Chunks { position in
                        let start = position * piece
                        return start < bytes.count ? Array(bytes[start..<Swift.min(start + piece, bytes.count)]) : nil
                    })
                #expect(count == 50_000)
                #expect(
                    try await handle.text("SELECT count(*) || ':' || sum(a) || ':' || max(b) FROM t")
                        == "50000:1250025000:row 9999")
                try await handle.execute("TRUNCATE t")
            }
            #expect(try await handle.copyIn("COPY t FROM STDIN", from: Chunks { _ in nil }) == 0)
        }
    }

    @Test("of rows of values keeps every one as it is")
    func rows() async throws {
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute(
                """
                CREATE TEMP TABLE "odd "" name" (i int8, d float8, t text, b bytea, f bool, at timestamptz, u uuid, \
                n numeric, j jsonb, "a ""b" text)
                """)
            let texts = ["", "\\N", "a\tb\nc\rd\\e", "\\.", "ÄÖ 🐘", "NULL", "\\x41"]
            let date = Date(timeIntervalSince1970: 1_700_000_000.5)
            let uuid = UUID()
            let rows = texts.enumerated().map { index, text in
                [
                    index, 0.1 * Double(index), text, [0, 9, 10, 92, 255] as [UInt8], index % 2 == 0, date, uuid,
                    Decimal(index) / 8, SQLValue.json("{\"a\": [1, \"\\n\"]}"), index == 0 ? nil : Optional(text),
                ] as [any SQLEncodable]
            }
            let count = try await handle.copyIn(
                to: "odd \" name", in: "pg_temp", columns: ["i", "d", "t", "b", "f", "at", "u", "n", "j", "a \"b"],
                rows: rows)
            #expect(count == texts.count)
            let found = try await handle.query(
                "SELECT i, d, t, b, f, at, u, n, j ->> 'a', \"a \"\"b\" FROM \"odd \"\" name\" ORDER BY i")
            #expect(found.count == texts.count)
            for (index, row) in found.enumerated() {
                #expect(row[0] == .integer(Int64(index)) && row[1] == .double(0.1 * Double(index)))
                #expect(row[2] == .text(texts[index]) && row[3] == .blob([0, 9, 10, 92, 255]))
                #expect(row[4] == .bool(index % 2 == 0) && row[5] == .timestamp(date) && row[6] == .uuid(uuid))
                #expect(try row.decode(7, as: Decimal.self) == Decimal(index) / 8)
                #expect(row[8] == .text("[1, \"\\n\"]"))
                #expect(row[9] == (index == 0 ? .null : .text(texts[index])))
            }
        }
    }

    @MainActor
    @Test("goes on where its caller lives, and takes what another connection copies out, in binary, too")
    func piped() async throws {
        let source = try Pool(driver, configuration: PoolConfiguration(max: 2))
        try await source.execute("CREATE TABLE piped(a int, b text)")
        for format in ["text", "binary", "csv"] {
            let out: SQLQuery = """
                COPY (SELECT x, repeat('é', x % 100) FROM generate_series(1, 50000) x) TO STDOUT (FORMAT \(unsafe: format))
                """
            let count = try await source.withConnection { other in
                try await source.copyOut(out) { chunks in
                    MainActor.assertIsolated()
                    return try await other.copyIn("COPY piped FROM STDIN (FORMAT \(unsafe: format))", from: chunks)
                }
            }
            #expect(count == 50_000)
            let found = try await source.query("SELECT sum(a), sum(length(b)) FROM piped")[0]
            #expect(found[0] == .integer(1_250_025_000) && found[1] == .integer(2_475_000), "\(format)")
            try await source.execute("TRUNCATE piped")
        }
        try await source.execute("DROP TABLE piped")
        _ = await source.shutdown(within: .seconds(5))
    }

    @Test("of a row that can't be written copies nothing, and names the row and not the value")
    func unwritable() async throws {
        try await lending { (handle, _) async throws -> Void in
            let nul = try await sqlError {
                try await handle.copyIn(to: "t", columns: ["a", "b"], rows: [[1, "x"], [2, "canary\0"]])
            }
            #expect(nul?.kind == .typeMismatch && nul?.message.contains("row 2") == true)
            #expect(nul?.message.contains("canary") == false)
            let short = try await sqlError {
                try await handle.copyIn(to: "t", columns: ["a", "b"], rows: [[1, "x"], [2]])
            }
            #expect(short?.kind == .syntax && short?.message.contains("row 2") == true)
            #expect(try await sqlError { try await handle.copyIn(to: "t", columns: [], rows: []) }?.kind == .syntax)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("is ended by an error of its source, which is thrown; nothing was copied, and the connection goes on")
    func sourceFails() async throws {
        try await lending { (handle, connection) async throws -> Void in
            await #expect(throws: Refusal.self) {
                try await handle.copyIn(
                    "COPY t FROM STDIN",
                    from: Chunks { position in
                        if position == 100 { throw Refusal() }
                        return Array("\(position)\tx\n".utf8)
                    })
            }
            #expect(driver.condition(of: connection) != .broken)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
            // In a transaction, too, which it ends.
            await #expect(throws: Refusal.self) {
                try await handle.transaction { handle in
                    try await handle.execute("INSERT INTO t VALUES (-1, 'x')")
                    try await handle.copyIn("COPY t FROM STDIN", from: Chunks { _ in throw Refusal() })
                }
            }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
            try await handle.transaction { handle in
                let count = try await handle.copyIn(to: "t", columns: ["a"], rows: (1...10).lazy.map { [$0] })
                #expect(count == 10)
            }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 10)
        }
    }

    @Test("F11: of a cancelled task copies nothing, even if its source ends as if it were complete")
    func cancelled() async throws {
        try await lending { (handle, connection) async throws -> Void in
            let (chunks, feed) = AsyncStream.makeStream(of: [UInt8].self)
            let (begun, signal) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                var iterator = chunks.makeAsyncIterator()
                let first = await iterator.next()
                return try await handle.copyIn(
                    "COPY t FROM STDIN",
                    from: Chunks { position in
                        if position == 0 { return first }
                        signal.yield()
                        // Ends when the task is cancelled, as such streams do.
                        for await chunk in chunks { return chunk }
                        return nil
                    })
            }
            feed.yield(Array("1\tx\n".utf8))
            for await _ in begun { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(driver.condition(of: connection) != .broken)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("stops at its deadline, when its source is slow and when the server is; nothing was copied")
    func deadline() async throws {
        try await lending { (handle, connection) async throws -> Void in
            let endless = try await sqlError {
                try await handle.until(.now + .milliseconds(300)).copyIn(
                    "COPY t FROM STDIN", from: Chunks { position in Array("\(position)\tx\n".utf8) })
            }
            #expect(endless?.kind == .interrupted)
            try await handle.execute(
                """
                CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$
                """)
            try await handle.execute(
                "CREATE TRIGGER wait BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.wait()")
            let stuck = try await sqlError {
                try await handle.until(.now + .milliseconds(300)).copyIn(to: "t", columns: ["a"], rows: [[1]])
            }
            #expect(stuck?.kind == .interrupted)
            // More than the socket takes, to a server that reads no more.
            let full = try await sqlError {
                try await handle.until(.now + .milliseconds(500)).copyIn(
                    "COPY t FROM STDIN",
                    from: Chunks { _ in Array("1\t".utf8) + [UInt8](repeating: 65, count: 1 << 20) + [10] })
            }
            #expect(full?.kind == .interrupted)
            #expect(driver.condition(of: connection) != .broken)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("of a row that the server refuses is its error, and the connection goes on")
    func refused() async throws {
        try await lending { (handle, _) async throws -> Void in
            let error = try await sqlError { try await handle.copyIn(to: "t", columns: ["a"], rows: [[1], [2], [1]]) }
            #expect(error?.kind == .uniqueViolation)
            let malformed = try await sqlError {
                try await handle.copyIn(
                    "COPY t FROM STDIN", from: Chunks { $0 == 0 ? Array("no number\tx\n".utf8) : nil })
            }
            #expect(malformed?.sqlState == "22P02" && malformed?.message.contains("no number") == false)
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("waits for a server that is slow, and keeps little meanwhile")
    func backPressure() async throws {
        let configuration = try Server.configuration
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: configuration.hosts[0].port))
        defer { proxy.stop() }
        var proxied = configuration
        proxied.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        try await Postgres(proxied).lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(b text)")
            let line = [UInt8](repeating: 65, count: (1 << 20) - 1) + [10]
            let taken = Counter()
            proxy.change { $0.toServer = .init(bytesPerSecond: 1 << 20) }
            let task = Task {
                try await handle.copyIn(
                    "COPY t FROM STDIN",
                    from: Chunks { position in
                        taken.set(position)
                        return position < 200 ? line : nil
                    })
            }
            #expect(try await eventually { taken.value > 2 })
            // The sockets and the proxy keep some megabytes.
            let reached = taken.value
            #expect(reached < 100)
            proxy.change { $0.toServer = .init() }
            #expect(try await task.value == 200)
        }
    }

    @Test("F32, F21: whose connection is lost was not copied, says so, and the connection is not used again")
    func lost() async throws {
        let observer = try Observer()
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        try await pool.execute("CREATE TABLE copied_in(a int)")
        let error = try await sqlError {
            try await pool.withConnection { handle in
                let process = try await handle.process()
                try await handle.copyIn(
                    "COPY copied_in FROM STDIN",
                    from: Chunks { position in
                        if position == 10 { try await observer.terminate(process) }
                        return Array("\(position)\n".utf8)
                    })
            }
        }
        #expect(error?.kind == .connectionLost && error?.sqlState == "57P01", "\(String(describing: error))")
        #expect(try await pool.query("SELECT count(*)::int FROM copied_in")[0].decode(Int.self) == 0)
        #expect(pool.statistics.connected == 2)
        try await pool.execute("DROP TABLE copied_in")
        _ = await pool.shutdown(within: .seconds(5))
        await observer.end()
    }

    @Test("in the pool's own loan, and in the midst of which the loan can't end unnoticed")
    func pooled() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 2))
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let (ending, end) = AsyncStream.makeStream(of: Void.self)
        let lease = try await pool.lease()
        let handle = lease.connection
        try await handle.execute("CREATE TABLE stalled(a int)")
        let task = Task {
            try await handle.copyIn(
                "COPY stalled FROM STDIN",
                from: Chunks { position in
                    signal.yield()
                    if position == 0 { return Array("1\n".utf8) }
                    for await _ in ending { break }
                    return nil
                })
        }
        for await _ in begun { break }
        // F32: the loan ends in the midst of it. What its source brings from then on must not become permanent.
        lease.release()
        let other = try await sqlError {
            try await pool.copyIn(to: "nothing", in: "nowhere", columns: ["a"], rows: [[1]])
        }
        #expect(other?.sqlState == "3F000")
        end.finish()
        #expect(try await sqlError { try await task.value }?.kind == .connectionLost)
        #expect(try await pool.query("SELECT count(*)::int FROM stalled")[0].decode(Int.self) == 0)
        try await pool.execute("DROP TABLE stalled")
        #expect(try await eventually { pool.statistics.total == 1 } && pool.statistics.connected == 2)
        _ = await pool.shutdown(within: .seconds(5))
    }
}
