import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("Cancelling a statement", .timeLimit(.minutes(2))) struct CancellationTests {
    let scratch = try! Scratch()

    @Test("stops it, and the next one on the same connection works")
    func hop() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, _ async throws in
            for _ in 0..<3 {
                let before = calls.count
                let running = Task { try await handle.query(endless) }
                await calls.reach(before + 1)
                running.cancel()
                await #expect(throws: CancellationError.self) { try await running.value }
                #expect(try await handle.int("SELECT 42") == 42)
            }
        }
    }

    @Test("works for tasks that live on the executor")
    func landed() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, _ async throws in
            let before = calls.count
            let running = Task(executorPreference: calls.executor) { try await handle.query(endless) }
            await calls.reach(before + 1)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("works inline")
    func inline() async throws {
        try await SQLite(path: scratch.path(), execution: .inline).lending { handle, _ async throws in
            // Cancelled from inside: the statement begins in a task that is cancelled already.
            let running = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await handle.query(endless)
            }
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await handle.int("SELECT 42") == 42)
        }
    }

    @Test("in a transaction rolls it back")
    func transaction() async throws {
        let calls = Calls()
        try await SQLite(path: scratch.path(), executor: calls.executor).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v)")
            let before = calls.count
            let running = Task {
                try await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    try await handle.execute(
                        "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c")
                }
            }
            await calls.reach(before + 3)
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(2)") }
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
        }
    }

    @Test("is what closing the connection does to a statement that still runs")
    func close() async throws {
        for execution in [SQLite.Execution.executor, .inline] {
            let calls = Calls()
            let driver = SQLite(path: scratch.path(), execution: execution, executor: calls.executor)
            let connection = try await driver.connect()
            let handle = driver.lend(connection, loan: .first)
            let before = calls.count
            // Inline it holds its thread, and Swift's pool may have only one.
            let home = BlockingExecutor(name: "caller", threads: 1)
            let outcome = Task(executorPreference: home) {
                // Whoever looks at the gate below may be in it.
                while true {
                    do { return try await kind { try await handle.query(endless) } } catch let error as PoolError
                        where error.code == .concurrentUse
                    { await Task.yield() }
                }
            }
            if execution == .executor {
                await calls.reach(before + 1)
            } else {
                // It has begun when the gate is taken.
                while try await code(of: { try await handle.serverVersion() }) == nil { await Task.yield() }
            }
            await driver.close(connection)
            #expect(try await outcome.value == .interrupted)
            #expect(try await code { try await handle.query("SELECT 1") } == .loanEnded)
        }
    }
}
