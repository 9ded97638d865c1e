import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("Connections that come back in the midst of something", .timeLimit(.minutes(2)))
struct ReturnTests {
    /// How a borrower leaves a connection, and what becomes of it.
    struct State: Sendable, CustomTestStringConvertible {
        let name: String
        /// Put in order; else closed.
        let isKept: Bool
        let leave: @Sendable (PGHandle, FaultProxy) async throws -> Void
        var testDescription: String { name }
    }

    static let states = [
        State(name: "INTRANS", isKept: true) { handle, _ in try await handle.execute("BEGIN") },
        State(name: "INERROR", isKept: true) { handle, _ in
            try await handle.execute("BEGIN")
            _ = try? await handle.execute("SELECT 1 / 0")
        },
        State(name: "ACTIVE", isKept: false) { handle, proxy in
            // Still at it when the loan ends.
            let before = proxy.counters.bytesToServer
            _ = Task { try? await handle.query("SELECT pg_sleep(60)") }
            _ = try await eventually { proxy.counters.bytesToServer > before }
        },
        State(name: "UNKNOWN", isKept: false) { handle, proxy in
            proxy.resetConnections()
            _ = try? await handle.query("SELECT 1")
        },
        State(name: "a stream that was not begun", isKept: true) { handle, _ in
            _ = try await handle.stream("SELECT generate_series(1, 1000000)")
        },
        State(name: "a stream that was read in part", isKept: true) { handle, _ in
            for try await _ in try await handle.stream("SELECT generate_series(1, 1000000)") { break }
        },
        State(name: "a stream inside of a transaction", isKept: true) { handle, _ in
            try await handle.execute("BEGIN")
            for try await _ in try await handle.stream("SELECT generate_series(1, 1000000)") { break }
        },
        State(name: "a copy to the server", isKept: true) { handle, _ in
            try await handle.execute("CREATE TEMP TABLE copied(a int)")
            _ = try? await handle.execute("COPY copied FROM STDIN")
        },
        State(name: "a batch that failed", isKept: true) { handle, _ in
            _ = try? await handle.batch(["SET work_mem = '9MB'", "SELECT 1 / 0"])
            try await handle.execute("BEGIN")
        },
    ]

    @Test(
        "F32, F53: are put in order or closed, are counted as such, and the next borrower sees nothing",
        arguments: states)
    func comeBack(_ state: State) async throws {
        let line = try ProxiedServer("returned")
        let pool = try Pool(line.driver, configuration: PoolConfiguration(max: 1))
        let process = try await pool.withConnection { try await $0.process() }
        let before = pool.statistics
        try await pool.withConnection { try await state.leave($0, line.proxy) }
        let next = try await pool.withConnection { handle in
            // In a transaction it would be the same at the second time.
            let first = try await handle.text("SELECT now()::text")
            #expect(try await handle.text("SELECT now()::text") != first)
            #expect(try await handle.int("SELECT count(*)::int FROM pg_class WHERE relname = 'copied'") == 0)
            return try await handle.process()
        }
        let now = pool.statistics
        if state.isKept {
            #expect(next == process && now.resets == before.resets + 1 && now.closed == before.closed, "\(now)")
        } else {
            #expect(next != process && now.resets == before.resets, "\(now)")
            #expect(now.closed(.broken) + now.closed(.discarded) == before.closed + 1, "\(now)")
        }
        await pool.shutdown()
        line.proxy.stop()
    }

    @Test("F34: writing to a connection that was reset is an error, and ends no process that leaves SIGPIPE as it is")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            for mode in [PostgresTLS.Mode.disable, .require] {
                let line = try ProxiedServer("pipe")
                var driver = line.driver
                driver.configuration.tls = PostgresTLS(mode: mode)
                for round in 0..<10 {
                    try await driver.lending { (handle, _) async throws -> Void in
                        #expect(try await handle.int("SELECT 7") == 7)
                        line.proxy.resetConnections()
                        // At once, and once the reset is known.
                        if round % 2 == 0 { try await HangUps.areNoticed() }
                        let large = SQLValue.text(String(repeating: "x", count: 1 << 20))
                        let error = try await sqlError { try await handle.query("SELECT \(large)::text") }
                        #expect(error?.kind == .mayHaveExecuted || error?.kind == .connectionLost, "\(error as Any)")
                    }
                }
                line.proxy.stop()
            }
            var action = sigaction()
            sigaction(SIGPIPE, nil, &action)
            // Nobody has changed it meanwhile.
            #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 0)
        }
    }
}
