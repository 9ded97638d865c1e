import Foundation
import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Stopping a statement of MariaDB", .timeLimit(.minutes(2)))
struct CancellationTests {
    /// A machine that has other work takes its time to open the session that stops a statement; nothing is closed for that.
    private static var driver: MariaDB {
        var driver = Server.driver
        driver.cancelTimeout = .seconds(20)
        return driver
    }

    private static func isRunning(_ session: Int) async throws -> Bool {
        try await Server.superuser.lending { (other, _) async throws -> Bool in
            try await other.int(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session) AND COMMAND <> 'Sleep'") == 1
        }
    }

    @Test("F17: at its deadline ends it on the server, and the connection goes on")
    func deadline() async throws {
        try await Self.driver.lending { handle, _ async throws -> Void in
            let session = try await handle.int("SELECT CONNECTION_ID()")
            for _ in 0..<3 {
                let error = try await sqlError {
                    try await handle.until(.now + .milliseconds(100)).query("SELECT SLEEP(30)")
                }
                #expect(error?.kind == .interrupted)
                #expect(try await handle.int("SELECT CONNECTION_ID()") == session)
            }
            #expect(try await !Self.isRunning(session))
        }
    }

    @Test("F11: that ends with a row all the same is not taken for complete")
    func benchmark() async throws {
        try await Self.driver.lending { handle, _ async throws -> Void in
            let error = try await sqlError {
                try await handle.until(.now + .milliseconds(100)).query("SELECT BENCHMARK(100000000000, MD5('a'))")
            }
            #expect(error?.kind == .interrupted)
            #expect(try await handle.int("SELECT 7") == 7)
        }
    }

    @Test("F11: by the cancellation of its task leaves nothing for the next borrower to read")
    func cancelled() async throws {
        let pool = try Pool(Self.driver, configuration: .init(max: 1))
        let session = try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") }
        for number in 0..<20 {
            let task = Task { try await pool.query("SELECT SLEEP(30), \(number)") }
            #expect(try await eventually { try await Self.isRunning(session) })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let nonce = Int.random(in: 0...1 << 40)
            #expect(try await pool.withConnection { try await $0.int("SELECT \(nonce)") } == nonce)
        }
        #expect(try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") } == session)
        #expect(pool.statistics.closed == 0)
        await pool.shutdown()
    }

    @Test("F12: never hits the next one, however the request and the statement's end meet")
    func race() async throws {
        let pool = try Pool(Self.driver, configuration: .init(max: 1))
        for number in 0..<200 {
            let task = Task { try await pool.query("SELECT SLEEP(0.002)") }
            try await Task.sleep(for: .microseconds(1500 + number % 20 * 100))
            task.cancel()
            _ = await task.result
            #expect(try await pool.withConnection { try await $0.int("SELECT \(number)") } == number)
        }
        #expect(pool.statistics.closed == 0)
        await pool.shutdown()
    }

    @Test(
        "F16: of a server that says nothing any more ends soon after its deadline, and the connection is not used again"
    )
    func frozen() async throws {
        try await MariaDBServer.isolated { server in
            var driver = server.driver
            driver.cancelTimeout = .milliseconds(300)
            try await driver.lending { handle, connection async throws -> Void in
                #expect(try await handle.int("SELECT 1") == 1)
                try await server.signal(SIGSTOP)
                let began = ContinuousClock.now
                let error = try await sqlError {
                    try await handle.until(.now + .milliseconds(200)).query("SELECT 2")
                }
                #expect(error?.kind == .mayHaveExecuted)
                #expect(ContinuousClock.now - began < .seconds(10))
                #expect(driver.condition(of: connection) == .broken)
                let next = try await sqlError { try await handle.query("SELECT 3") }
                #expect(next?.kind == .connectionLost)
            }
            try await server.signal(SIGCONT)
        }
    }

    @Test("F11: whose rows are being read ends the reading, and the connection goes on")
    func streams() async throws {
        try await Self.driver.lending { handle, _ async throws -> Void in
            let session = try await handle.int("SELECT CONNECTION_ID()")
            // Left early, with gigabytes to come.
            for try await _ in try await handle.stream("SELECT a.seq, b.seq FROM seq_1_to_100000 a, seq_1_to_100000 b")
            { break }
            #expect(try await handle.int("SELECT 5") == 5)
            let task = Task {
                var count = 0
                for try await _ in try await handle.stream("SELECT a.seq FROM seq_1_to_100000 a, seq_1_to_100000 b") {
                    count += 1
                    if count == 1000 { withUnsafeCurrentTask { $0?.cancel() } }
                }
                return count
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await handle.int("SELECT CONNECTION_ID()") == session)
        }
    }

    @Test(
        "F16: that gives more rows than anybody waits for is stopped although they come without a pause",
        arguments: [0, 1, 2])
    func endlessRows(way: Int) async throws {
        try await Server.driver.lending { handle, connection async throws -> Void in
            let session = try await handle.int("SELECT CONNECTION_ID()")
            let began = ContinuousClock.now
            let limited = handle.until(.now + .milliseconds(500))
            let query: SQLQuery = "SELECT a.seq FROM seq_1_to_100000 a, seq_1_to_100000 b"
            let error = try await sqlError {
                switch way {
                case 0: _ = try await limited.query(query)
                case 1: _ = try await limited.execute(query)
                default: for try await _ in try await limited.stream(query) {}
                }
            }
            #expect(error?.kind == .interrupted, "\(error as Any)")
            // All of them take minutes.
            #expect(began.duration(to: .now) < .seconds(20))
            #expect(Server.driver.condition(of: connection) != .broken)
            #expect(try await handle.int("SELECT CONNECTION_ID()") == session)
        }
    }

    @Test("F12: is not on its way any more when the next one is sent, although the request takes its time")
    func lateRequest() async throws { try await StoppedStatements<MariaDB>.lateRequest() }

    @Test("F12: that is over already stops nothing else, although the server has confirmed the request")
    func overAlready() async throws { try await StoppedStatements<MariaDB>.overAlready() }

    @Test("F12: of a crowd that waits for the same connection, half of which gives up, stops no other one")
    func crowd() async throws { try await StoppedStatements<MariaDB>.crowd() }

    @Test("F12: that can't be stopped closes its connection in the request's time, and not in the pool's")
    func closedWithoutAnswer() async throws { try await StoppedStatements<MariaDB>.closedWithoutAnswer() }

    @Test("F12: on a server that is frozen is given up on when the request's time is over")
    func frozenWhileItRuns() async throws {
        try await MariaDBServer.isolated { server in
            var driver = server.driver
            driver.cancelTimeout = .milliseconds(300)
            let observer = try Observer(server.driver.asSuperuser)
            try await driver.lending { handle, connection async throws -> Void in
                let session = try await handle.session()
                let task = Task { try await handle.query("SELECT SLEEP(60)") }
                #expect(try await eventually { try await observer.isActive(session) })
                try await server.signal(SIGSTOP)
                let began = ContinuousClock.now
                task.cancel()
                let error = try await sqlError { try await task.value }
                #expect(began.duration(to: .now) < .seconds(10))
                #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
                #expect(driver.condition(of: connection) == .broken)
            }
            try await server.signal(SIGCONT)
            await observer.end()
        }
    }

    @Test("F11: of a procedure with several results costs no connection, and is not told to be without effect")
    func procedure() async throws {
        let pool = try Pool(Self.driver, configuration: .init(max: 1))
        try await pool.execute(
            """
            CREATE OR REPLACE PROCEDURE stopped_midway(answer INT) BEGIN
                SELECT answer; DO SLEEP(30); SELECT answer + 1;
            END
            """)
        let session = try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") }
        for number in 0..<5 {
            let error = try await sqlError {
                try await pool.withConnection { handle in
                    try await handle.until(.now + .milliseconds(100)).query("CALL stopped_midway(\(number))")
                }
            }
            #expect(error?.kind == .mayHaveExecuted && error?.vendorCode == 1317)
            #expect(try await pool.withConnection { try await $0.int("SELECT \(-number)") } == -number)
        }
        #expect(try await pool.withConnection { try await $0.int("SELECT CONNECTION_ID()") } == session)
        try await pool.execute("DROP PROCEDURE stopped_midway")
        await pool.shutdown()
    }
}
