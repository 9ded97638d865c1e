import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Connections of MariaDB that come back in the midst of something", .timeLimit(.minutes(3)))
struct ReturnTests {
    /// How a borrower leaves a connection, and what becomes of it.
    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        /// Put in order; else closed.
        let isKept: Bool
        let leave: @Sendable (MariaDBHandle, FaultProxy) async throws -> Void
        var testDescription: String { name }
    }

    private static let large: SQLQuery = "SELECT a.seq, b.seq FROM seq_1_to_100000 a, seq_1_to_100000 b"

    static let states = [
        State(name: "a transaction", isKept: true) { handle, _ in
            try await handle.execute("START TRANSACTION")
            try await handle.execute("INSERT INTO returned VALUES(1)")
        },
        State(name: "a transaction with a statement that failed", isKept: true) { handle, _ in
            try await handle.execute("START TRANSACTION")
            _ = try? await handle.execute("INSERT INTO returned VALUES('none')")
        },
        State(name: "a statement that still runs", isKept: false) { handle, proxy in
            let before = proxy.counters.bytesToServer
            _ = Task { try? await handle.query("SELECT SLEEP(60)") }
            _ = try await eventually { proxy.counters.bytesToServer > before }
        },
        State(name: "a connection that was reset", isKept: false) { handle, proxy in
            proxy.resetConnections()
            _ = try? await handle.query("SELECT 1")
        },
        State(name: "a stream that was not begun", isKept: true) { handle, _ in _ = try await handle.stream(large) },
        State(name: "a stream that was read in part", isKept: true) { handle, _ in
            for try await _ in try await handle.stream(large) { break }
        },
        State(name: "a stream inside of a transaction", isKept: true) { handle, _ in
            try await handle.execute("START TRANSACTION")
            for try await _ in try await handle.stream(large) { break }
        },
        State(name: "the first of several results, read in part", isKept: true) { handle, _ in
            for try await _ in try await handle.stream("CALL several_large()") { break }
        },
        State(name: "several results at their deadline", isKept: true) { handle, _ in
            let error = try await sqlError {
                try await handle.until(.now + .milliseconds(200)).query("CALL several_slow()")
            }
            #expect(error?.kind == .mayHaveExecuted || error?.kind == .interrupted, "\(error as Any)")
        },
        State(name: "several results whose task was cancelled", isKept: true) { handle, _ in
            let task = Task { try await handle.query("CALL several_slow()") }
            try await Task.sleep(for: .milliseconds(100))
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
        },
        State(name: "a batch that failed", isKept: true) { handle, _ in
            _ = try? await handle.batch(["SET sql_mode = 'ANSI'", "SELECT * FROM no_such_table"])
            try await handle.execute("START TRANSACTION")
        },
    ]

    @Test(
        "F11, F32, F53: are put in order or closed, and the next borrower gets his own rows and sees nothing",
        arguments: states)
    func comeBack(_ state: State) async throws {
        let server = try MariaDBServer.shared
        try await server.driver(as: MariaDBServer.user).lending { handle, _ async throws -> Void in
            try await handle.execute("CREATE OR REPLACE TABLE returned(v INT) ENGINE=InnoDB")
            try await handle.execute(
                """
                CREATE OR REPLACE PROCEDURE several_large() BEGIN SELECT seq FROM seq_1_to_1000000; \
                SELECT 5 AS foreign_row; SELECT seq FROM seq_1_to_1000000; END
                """)
            try await handle.execute(
                """
                CREATE OR REPLACE PROCEDURE several_slow() BEGIN SELECT seq FROM seq_1_to_10000; SELECT SLEEP(30); \
                SELECT 5 AS foreign_row; END
                """)
        }
        let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
        var driver = server.driver(as: MariaDBServer.user)
        driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1, resetTimeout: .seconds(30)))
        let session = try await pool.withConnection { try await $0.session() }
        let before = pool.statistics
        try await pool.withConnection { try await state.leave($0, proxy) }
        for number in 1...3 {
            let nonce = Int.random(in: 0...1 << 40)
            let rows = try await pool.query("SELECT \(nonce) AS own, @@in_transaction AS open, @@sql_mode AS mode")
            #expect(rows.count == 1 && rows.first?["own"] == .integer(Int64(nonce)), "\(number)")
            #expect(rows.first?["open"] == .integer(0))
            #expect(try rows.first?.decode("mode", as: String.self).contains("ANSI") == false)
        }
        let next = try await pool.withConnection { try await $0.session() }
        let now = pool.statistics
        #expect((next == session) == state.isKept, "\(now)")
        let closed = now.closed - before.closed
        #expect(closed == (state.isKept ? 0 : 1) && now.resets <= before.resets + 1, "\(now)")
        #expect(try await pool.withConnection { try await $0.int("SELECT COUNT(*) FROM returned") } == 0)
        await pool.shutdown()
        proxy.stop()
    }

    @Test("F34, F40: writing to a connection that was reset is an error, and ends no process, with TLS or without")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let server = try MariaDBServer.shared
            for mode in [MariaDBTLS.Mode.disable, .require] {
                let proxy = try FaultProxy(to: .tcp(host: "127.0.0.1", port: server.port))
                var driver = server.driver(as: MariaDBServer.user)
                driver.configuration.hosts = [MariaDBHost("127.0.0.1", port: proxy.port)]
                driver.configuration.tls = MariaDBTLS(mode: mode)
                for round in 0..<20 {
                    try await driver.lending { (handle, _) async throws -> Void in
                        #expect(try await handle.int("SELECT 7") == 7)
                        proxy.resetConnections()
                        // At once, and once the reset is known.
                        if round % 2 == 0 { try await HangUps.areNoticed() }
                        let large = SQLValue.text(String(repeating: "x", count: 1 << 20))
                        let error = try await sqlError { try await handle.query("SELECT LENGTH(\(large))") }
                        #expect(error?.kind == .mayHaveExecuted || error?.kind == .connectionLost, "\(error as Any)")
                    }
                    // Closed in the face of it.
                    let idle = try await driver.connect()
                    proxy.resetConnections()
                    #expect(try await eventually { driver.condition(of: idle) != .ready })
                    await driver.close(idle)
                }
                // Broken off while the other side takes nothing.
                driver.cancelTimeout = .milliseconds(100)
                try await driver.lending { (handle, _) async throws -> Void in
                    let large = SQLValue.text(String(repeating: "x", count: 12 << 20))
                    proxy.change { $0.isBlackhole = true }
                    let error = try await sqlError {
                        try await handle.until(.now + .milliseconds(300)).query("SELECT LENGTH(\(large))")
                    }
                    #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
                }
                proxy.stop()
            }
            // Nobody has changed it meanwhile.
            var action = sigaction()
            sigaction(SIGPIPE, nil, &action)
            // Nobody has changed it meanwhile.
            #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0)
        }
    }
}
