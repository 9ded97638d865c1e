import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("The end of a COPY", .timeLimit(.minutes(3)))
struct CopyEndTests {
    let driver = Server.driver

    /// Every one gets its own answer.
    private func answers(_ handle: PGHandle) async throws -> [Int] {
        var found: [Int] = []
        for nonce in 1...5 { found.append(try await handle.int("SELECT \(nonce)")) }
        return found
    }

    private func copy(_ handle: PGHandle, to table: String) async throws {
        try await handle.copyIn(to: table, columns: ["a"], rows: [[1]])
    }

    @Test("F11: that the server refuses before its first row leaves nothing for the statements after it")
    func refusedAtOnce() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE guarded(a int)")
            try await handle.execute("CREATE TEMP VIEW seen AS SELECT a FROM guarded")
            try await handle.execute(
                """
                CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql AS \
                $$ BEGIN RAISE EXCEPTION 'refused'; END $$
                """)
            try await handle.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON guarded FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.refuse()")
            for _ in 1...20 {
                for (table, state) in [("seen", "42809"), ("guarded", "P0001")] {
                    let error = try await sqlError { try await copy(handle, to: table) }
                    #expect(error?.sqlState == state, "\(String(describing: error))")
                    #expect(try await answers(handle) == [1, 2, 3, 4, 5])
                    // What is a statement for another call.
                    let other = try await sqlError { try await handle.execute("COPY \(identifier: table) FROM STDIN") }
                    #expect(other != nil)
                    #expect(try await answers(handle) == [1, 2, 3, 4, 5])
                }
            }
            #expect(driver.condition(of: connection) != .broken)
        }
    }

    @Test("F11: that is refused keeps its errors to itself where no statement is prepared, or ends the connection")
    func refusedUnprepared() async throws {
        var driver = driver
        driver.statementCacheCapacity = 0
        for text in ["COPY seen FROM STDIN", "COPY seen FROM STDIN; COPY seen FROM STDIN"] {
            try await driver.lending { (handle, _) async throws -> Void in
                try await handle.execute("CREATE TEMP TABLE t(a int)")
                try await handle.execute("CREATE TEMP VIEW seen AS SELECT a FROM t")
                #expect(try await sqlError { try await handle.execute("\(unsafe: text)") } != nil)
                var found = [1, 2, 3, 4, 5]
                let error = try await sqlError { found = try await answers(handle) }
                #expect(found == [1, 2, 3, 4, 5])
                #expect(error == nil || error?.kind == .connectionLost)
            }
        }
    }

    @Test("F11: comes to whoever reads late, wherever in libpq's memory it falls")
    func late() async throws {
        try await driver.lending { (handle, _) async throws -> Void in
            let reader = Task(executorPreference: Postgres.nextExecutor()) {
                for boundary in [16_384, 24_576, 32_768] {
                    // 56 bytes for each of the short rows, 10 before them, and then one that fills up.
                    let count = boundary / 56 - 4
                    for total in (boundary - 45)...(boundary + 15) {
                        let rest = total - 10 - 56 * count - 6
                        let chunks = try await handle.until(.now + .seconds(30)).copyOut(
                            """
                            COPY (SELECT repeat('x', 50) FROM generate_series(1, \(unsafe: "\(count)")) \
                            UNION ALL SELECT repeat('y', \(unsafe: "\(rest)"))) TO STDOUT
                            """)
                        var length = 0
                        // All of it is there when it is read.
                        try await Task.sleep(for: .milliseconds(20))
                        for try await chunk in chunks {
                            length += chunk.count
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        #expect(length == 51 * count + rest + 1)
                    }
                }
            }
            try await reader.value
        }
    }

    @Test("F33: of what it has set in the session nothing reaches the next borrower")
    func effects() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        try await pool.copyOut("COPY (SELECT set_config('app.x', '7', false)) TO STDOUT") { for try await _ in $0 {} }
        #expect(
            try await pool.query("SELECT coalesce(current_setting('app.x', true), '')")[0].decode(String.self) == "")
        #expect(pool.statistics.connected == 1)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("F18: that was stopped when it had changed something does not deny it, whichever call it was for")
    func stopped() async throws {
        let configuration = try Server.configuration
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: configuration.hosts[0].port))
        defer { proxy.stop() }
        var driver = driver
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: proxy.port)]
        driver.cancelTimeout = .seconds(30)
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            for (query, kind) in [
                ("COPY (INSERT INTO t VALUES (1) RETURNING a) TO STDOUT", .mayHaveExecuted),
                ("COPY (SELECT 1) TO STDOUT", .interrupted),
            ] as [(SQLQuery, SQLError.Kind)] {
                let accepted = proxy.counters.accepted
                proxy.change { $0.toClient.isHeld = true }
                let reader = Task {
                    for try await _ in try await handle.until(.now + .milliseconds(300)).copyOut(query) {}
                }
                #expect(try await eventually { proxy.counters.accepted > accepted })
                proxy.change { $0.toClient.isHeld = false }
                let error = try await sqlError { try await reader.value }
                #expect(error?.kind == kind, "\(String(describing: error))")
            }
            let other = try await sqlError {
                try await handle.execute("COPY (INSERT INTO t VALUES (2) RETURNING a) TO STDOUT")
            }
            #expect(other?.kind == .mayHaveExecuted && other?.message.contains("copyOut") == true)
            #expect(try await handle.int("SELECT count(*)::int FROM t WHERE a = 1") == 1)
        }
    }

    @Test("may come later than a statement's time limit, which is for each portion and not for the source")
    func slowSource() async throws {
        var driver = driver
        driver.statementTimeLimit = .seconds(1)
        try await driver.lending { (handle, _) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            let (chunks, feed) = AsyncStream.makeStream(of: [UInt8].self)
            feed.yield(Array("1\n".utf8))
            let end = Task {
                try await Task.sleep(for: .milliseconds(1500))
                feed.finish()
            }
            #expect(try await handle.copyIn("COPY t FROM STDIN", from: chunks) == 1)
            try await end.value
        }
    }
}
