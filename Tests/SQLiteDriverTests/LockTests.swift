import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A lock held by somebody else") struct LockTests {
    let scratch = try! Scratch()

    /// Runs `body` with a handle while another connection holds the write lock, which it gives up when told.
    func contended(
        _ driver: SQLite,
        _ body: (_ handle: SQLiteHandle, _ giveUp: @Sendable @escaping () async throws -> Void) async throws -> Void
    ) async throws {
        try await driver.lending { holder, _ async throws in
            try await holder.execute("CREATE TABLE IF NOT EXISTS t(v)")
            try await driver.lending { handle, _ async throws in
                try await holder.execute("BEGIN IMMEDIATE")
                try await body(handle) { try await holder.execute("COMMIT") }
            }
        }
    }

    @Test(
        "is waited for without a thread: the only one of the executor serves its holder meanwhile",
        .timeLimit(.minutes(1)))
    func asynchronous() async throws {
        let calls = Calls(threads: 1)
        try await contended(SQLite(path: scratch.path(), busyTimeout: .seconds(50), executor: calls.executor)) {
            handle, giveUp async throws in
            let before = calls.count
            async let written = handle.execute("INSERT INTO t VALUES(1)")
            // Three attempts: two pauses lie behind it.
            await calls.reach(before + 3)
            try await giveUp()
            #expect(try await written.rowsAffected == 1)
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("is waited for by callers that live on the executor and by inline ones", .timeLimit(.minutes(1)))
    func others() async throws {
        let calls = Calls(threads: 1)
        let driver = SQLite(path: scratch.path(), busyTimeout: .seconds(50), executor: calls.executor)
        try await contended(driver) { handle, giveUp async throws in
            let before = calls.count
            let writer = Task(executorPreference: calls.executor) {
                try await handle.execute("INSERT INTO t VALUES(1)")
            }
            await calls.reach(before + 3)
            try await giveUp()
            #expect(try await writer.value.rowsAffected == 1)
        }
        try await contended(SQLite(path: scratch.path("b"), busyTimeout: .seconds(50), execution: .inline)) {
            handle, giveUp async throws in
            async let written = handle.execute("INSERT INTO t VALUES(1)")
            await Task.yield()
            try await giveUp()
            #expect(try await written.rowsAffected == 1)
        }
    }

    @Test("can be waited for no longer: cancellation ends it at once", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), busyTimeout: .seconds(3000), executor: calls.executor)
        try await contended(driver) { handle, giveUp async throws in
            let before = calls.count
            let writer = Task { try await handle.execute("INSERT INTO t VALUES(1)") }
            await calls.reach(before + 8)
            let start = ContinuousClock.now
            writer.cancel()
            await #expect(throws: CancellationError.self) { try await writer.value }
            #expect(ContinuousClock.now - start < .seconds(2))
            try await giveUp()
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            #expect(try await handle.execute("INSERT INTO t VALUES(2)").rowsAffected == 1)
        }
    }

    @Test(
        "for seconds is left within 50 ms by a waiter that is cancelled (F42)", .timeLimit(.minutes(1)),
        arguments: [SQLite.Execution.executor, .inline])
    func prompt(execution: SQLite.Execution) async throws {
        let driver = SQLite(path: scratch.path(), busyTimeout: .seconds(5), execution: execution)
        try await contended(driver) { handle, giveUp async throws in
            for isTransaction in [false, true] {
                let took = try await best(of: 20, enough: .milliseconds(50)) { () async throws in
                    let waiter = Task {
                        guard isTransaction else { return _ = try await handle.execute("INSERT INTO t VALUES(1)") }
                        _ = try await handle.transaction { _ in Issue.record("began") }
                    }
                    // Long enough for the longest pauses between two attempts.
                    try await Task.sleep(for: .milliseconds(100))
                    let cancelled = ContinuousClock.now
                    waiter.cancel()
                    await #expect(throws: CancellationError.self) { try await waiter.value }
                    return .now - cancelled
                }
                #expect(took <= .milliseconds(50))
            }
            try await giveUp()
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("is waited for until the deadline and not much longer (F42)", .timeLimit(.minutes(1)))
    func deadline() async throws {
        try await contended(SQLite(path: scratch.path(), busyTimeout: .milliseconds(100))) {
            handle, giveUp async throws in
            let took = try await best(of: 20, enough: .milliseconds(150)) { () async throws in
                let start = ContinuousClock.now
                #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(1)") } == .busy)
                #expect(.now - start >= .milliseconds(100))
                return .now - start
            }
            #expect(took <= .milliseconds(150))
            try await giveUp()
        }
    }

    /// Other tests use the same cores, and that only ever makes it slower: the shortest of several attempts tells what
    /// the driver takes, and one that is short enough needs no others.
    func best(of attempts: Int, enough: Duration, _ attempt: () async throws -> Duration) async throws -> Duration {
        var shortest = try await attempt()
        for _ in 1..<attempts where shortest > enough { shortest = min(shortest, try await attempt()) }
        return shortest
    }

    @Test("never meets a transaction that has read and is to write now: it took the lock when it began (F41)")
    func upgrade() async throws {
        let driver = SQLite(path: scratch.path(), busyTimeout: .zero)
        try await driver.lending { first, _ async throws in
            try await first.execute("CREATE TABLE t(v)")
            try await driver.lending { second, _ async throws in
                try await first.transaction { first async throws in
                    #expect(try await first.int("SELECT count(*) FROM t") == 0)
                    #expect(try await kind { try await second.execute("INSERT INTO t VALUES(2)") } == .busy)
                    try await first.execute("INSERT INTO t VALUES(1)")
                }
                #expect(try await second.execute("INSERT INTO t VALUES(2)").rowsAffected == 1)
                #expect(try await first.int("SELECT count(*) FROM t") == 2)
            }
        }
    }

    @Test("for too long is an error that says so, and the statement had no effect")
    func timeout() async throws {
        try await contended(SQLite(path: scratch.path(), busyTimeout: .milliseconds(20))) {
            handle, giveUp async throws in
            let error = await #expect(throws: SQLError.self) { try await handle.execute("INSERT INTO t VALUES(1)") }
            #expect(error?.kind == .busy)
            #expect(error?.message.contains("did not give it up within 0.02 seconds") == true)
            #expect(try await kind { try await handle.transaction { _ in Issue.record("began") } } == .busy)
            try await giveUp()
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(2)") }
        }
    }

    @Test("does not stop readers")
    func readers() async throws {
        try await contended(SQLite(path: scratch.path(), busyTimeout: .zero)) { handle, _ async throws in
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            try await handle.transaction(.readOnly) { handle async throws in
                #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            }
        }
    }

    @Test("by a stale reader that wants to write is refused at once: repeat the whole transaction")
    func snapshot() async throws {
        let driver = SQLite(path: scratch.path(), busyTimeout: .seconds(3000))
        try await driver.lending { reader, _ async throws in
            try await reader.execute("CREATE TABLE t(v)")
            try await reader.execute("BEGIN")
            _ = try await reader.query("SELECT * FROM t")
            try await driver.lending { writer, _ async throws in
                try await writer.transaction { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
            }
            #expect(try await kind { try await reader.execute("INSERT INTO t VALUES(2)") } == .serialization)
            try await reader.execute("ROLLBACK")
        }
    }

    @Test("at commit is waited for, with the transaction as it was", .timeLimit(.minutes(1)))
    func commit() async throws {
        // In the rollback journal's mode a reader keeps a writer from committing.
        let calls = Calls()
        let driver = SQLite(
            path: scratch.path(), journalMode: .delete, busyTimeout: .seconds(50), executor: calls.executor)
        try await driver.lending { writer, _ async throws in
            try await writer.execute("CREATE TABLE t(v)")
            try await driver.lending { reader, _ async throws in
                try await reader.execute("BEGIN")
                _ = try await reader.query("SELECT * FROM t")
                let before = calls.count
                async let written: Void = writer.transaction { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
                await calls.reach(before + 8)
                try await reader.execute("COMMIT")
                try await written
                #expect(try await reader.int("SELECT count(*) FROM t") == 1)
            }
        }
    }

    @Test("does not fail a validation: it is the database's own")
    func validation() async throws {
        let driver = SQLite(path: scratch.path(), journalMode: .delete, busyTimeout: .seconds(3000))
        try await driver.lending { holder, _ async throws in
            try await holder.execute("CREATE TABLE t(v)")
            let idle = try await driver.connect()
            try await driver.validate(idle)
            try await holder.execute("BEGIN EXCLUSIVE")
            try await driver.validate(idle)
            try await holder.execute("COMMIT")
            await driver.close(idle)
        }
    }
}
