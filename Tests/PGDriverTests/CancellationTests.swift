import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
import Testing

@Suite("Statements that are stopped", .timeLimit(.minutes(3)))
struct CancellationTests {
    let driver = Server.driver

    /// Runs `body` with a connection whose process is known, and an observer.
    private func observing(
        _ driver: Postgres? = nil,
        _ body: (PGHandle, PGConnection, Int, Observer) async throws -> Void
    ) async throws {
        let observer = try Observer()
        try await (driver ?? self.driver).lending { (handle, connection) async throws -> Void in
            try await body(handle, connection, try await handle.process(), observer)
        }
        await observer.end()
    }

    @Test("F11, F17: by the cancellation of their task leave the server at once, and the connection goes on")
    func cancelled() async throws {
        try await observing { (handle, connection, process, observer) async throws -> Void in
            for place in [nil, EventLoopExecutor.next()] {
                let task = Task(executorPreference: place) { try await handle.query("SELECT pg_sleep(60)") }
                #expect(try await eventually { try await observer.isActive(process) })
                let began = ContinuousClock.now
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                #expect(began.duration(to: .now) < .seconds(10))
                #expect(try await !observer.isActive(process))
                #expect(driver.condition(of: connection) == .ready)
                #expect(try await handle.int("SELECT 7") == 7)
            }
        }
    }

    @Test("F17: by a deadline had no effect, and say so; the connection goes on")
    func deadline() async throws {
        try await observing { (handle, connection, process, observer) async throws -> Void in
            let error = try await sqlError {
                try await handle.until(.now + .milliseconds(50)).query("SELECT pg_sleep(60)")
            }
            #expect(error?.kind == .interrupted)
            #expect(try await !observer.isActive(process))
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.int("SELECT 7") == 7)
            // One that has passed before anything was sent.
            #expect(try await sqlError { try await handle.until(.now).query("SELECT pg_sleep(60)") } != nil)
            #expect(try await handle.int("SELECT 8") == 8)
        }
    }

    @Test("the limit for every statement is the driver's own clock, not the server's")
    func timeLimit() async throws {
        var driver = driver
        driver.statementTimeLimit = .milliseconds(50)
        try await driver.lending { (handle, connection) async throws -> Void in
            let error = try await sqlError { try await handle.query("SELECT pg_sleep(60)") }
            #expect(error?.kind == .interrupted)
            #expect(try await handle.until(.now + .seconds(60)).int("SELECT 7") == 7)
        }
    }

    @Test("in a transaction end it, and its connection goes on")
    func inTransaction() async throws {
        try await observing { (handle, connection, process, observer) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            let task = Task {
                try await handle.transaction {
                    try await $0.execute("INSERT INTO t VALUES (1)")
                    try await $0.execute("SELECT pg_sleep(60)")
                }
            }
            #expect(
                try await eventually {
                    try await observer.int(
                        "SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'PgSleep'")
                        == 1
                })
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("a cancelled task begins none")
    func before() async throws {
        try await driver.lending { (handle, connection) async throws -> Void in
            try await handle.execute("CREATE TEMP TABLE t(a int)")
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                try await handle.execute("INSERT INTO t VALUES (1)")
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await handle.int("SELECT count(*)::int FROM t") == 0)
        }
    }

    @Test("F12: the statement after a cancelled one is never the one that is hit")
    func nextStatement() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
        var generator = SystemRandomNumberGenerator()
        for round in 0..<300 {
            let pause = Int.random(in: 0...3000, using: &generator)
            let task = Task { try await pool.query("SELECT pg_sleep(0.0015)") }
            try? await Task.sleep(for: .microseconds(pause))
            task.cancel()
            _ = await task.result
            let rows = try await pool.query("SELECT \(round)::int FROM pg_sleep(0.002)")
            #expect(try rows.first?.decode(0, as: Int.self) == round)
        }
        #expect(pool.statistics.connected == 1)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test("F12: nor is it hit by a request that takes its time on the way")
    func lateRequest() async throws { try await StoppedStatements<Postgres>.lateRequest() }

    @Test("F12: nor by a request that comes when its own statement is over")
    func overAlready() async throws { try await StoppedStatements<Postgres>.overAlready() }

    @Test("F12: nor are those of a crowd that waits for the same connection, half of which gives up")
    func crowd() async throws { try await StoppedStatements<Postgres>.crowd() }

    @Test("F11: no answer reaches another borrower, whenever tasks are cancelled and deadlines pass")
    func crossTalk() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                group.addTask(executorPreference: client % 2 == 0 ? Postgres.nextExecutor() : nil) {
                    var generator = SystemRandomNumberGenerator()
                    for round in 0..<150 {
                        let nonce = "\(client).\(round)"
                        let draw = Int.random(in: 0..<4, using: &generator)
                        let pause = Int.random(in: 0...1500, using: &generator)
                        let task = Task {
                            try await pool.withConnection { handle in
                                let handle = draw == 0 ? handle.until(.now + .microseconds(pause)) : handle
                                return try await handle.text(
                                    "SELECT \(nonce)::text || left(repeat('x', 1000) || pg_sleep(0.0003), 0)")
                            }
                        }
                        if draw == 1 {
                            try? await Task.sleep(for: .microseconds(pause))
                            task.cancel()
                        }
                        do {
                            let answer = try await task.value
                            #expect(answer == nonce)
                        } catch is CancellationError {
                            #expect(draw == 1)
                        } catch let error as SQLError {
                            #expect(draw == 0 && error.kind == .interrupted, "\(error)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let statistics = pool.statistics
        #expect(statistics.total == statistics.idle && statistics.leased == 0)
        _ = await pool.shutdown(within: .seconds(5))
    }

    @Test(
        "F16: on a backend that hangs are given up on: it may have been executed, and the connection is not used again")
    func hungBackend() async throws {
        var driver = driver
        driver.cancelTimeout = .milliseconds(300)
        try await observing(driver) { (handle, connection, process, _) async throws -> Void in
            kill(pid_t(process), SIGSTOP)
            let began = ContinuousClock.now
            let error = try await sqlError { try await handle.until(.now + .milliseconds(100)).query("SELECT 1") }
            let span = began.duration(to: .now)
            kill(pid_t(process), SIGCONT)
            #expect(error?.kind == .mayHaveExecuted)
            #expect(span >= .milliseconds(400) && span < .seconds(10))
            #expect(driver.condition(of: connection) == .broken)
            #expect(try await sqlError { try await handle.query("SELECT 1") }?.kind == .connectionLost)
        }
    }

    @Test("F12: while nobody takes cancel requests are given up on when the request's time is over")
    func hungPostmaster() async throws {
        var driver = driver
        driver.cancelTimeout = .milliseconds(300)
        try await observing(driver) { (handle, connection, process, observer) async throws -> Void in
            let postmaster = try parent(of: process)
            let task = Task { try await handle.query("SELECT pg_sleep(3)") }
            #expect(try await eventually { try await observer.isActive(process) })
            kill(postmaster, SIGSTOP)
            let began = ContinuousClock.now
            task.cancel()
            let error = try await sqlError { try await task.value }
            let span = began.duration(to: .now)
            kill(postmaster, SIGCONT)
            #expect(error?.kind == .mayHaveExecuted)
            #expect(span < .seconds(2))
            #expect(driver.condition(of: connection) == .broken)
        }
    }

    @Test("F12: a connection whose statement can't be stopped is closed in the request's time, and not in the pool's")
    func closedWithoutAnswer() async throws { try await StoppedStatements<Postgres>.closedWithoutAnswer() }

    private func parent(of process: Int) throws -> pid_t {
        let status = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return try #require(status.split(separator: ")").last?.split(separator: " ")[1]).description.withCString {
            atoi($0)
        }
    }

    @Test("F17: the pool closes a connection whose statement still runs, and that ends on the server, too")
    func closedUnderStatement() async throws {
        let observer = try Observer()
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        let process = try await handle.process()
        let task = Task { try await handle.query("SELECT pg_sleep(60)") }
        #expect(try await eventually { try await observer.isActive(process) })
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .broken)
        await driver.close(connection)
        #expect(try await sqlError { try await task.value }?.kind == .mayHaveExecuted)
        #expect(try await eventually { try await !observer.exists(process) })
        await observer.end()
    }
}
