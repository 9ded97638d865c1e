import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A blob and its loan", .timeLimit(.minutes(1))) struct BlobLoanTests {
    let scratch = try! Scratch()

    /// Opens a blob and stays in it until told, while the loan is ended under it.
    func overstay(
        _ driver: SQLite, _ access: SQLiteBlob.Access,
        _ body: (SQLiteConnection, SQLiteBlob) async throws -> Void
    ) async throws {
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        try await fill(handle)
        let (opened, isOpen) = AsyncStream<SQLiteBlob>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        let borrower = Task {
            try await code {
                try await handle.withBody(1, access) { blob async throws in
                    isOpen.yield(blob)
                    for await _ in ended {}
                    _ = try await blob.read(1)
                }
            }
        }
        for await blob in opened {
            driver.reclaim(connection, loan: .first)
            try await body(connection, blob)
            break
        }
        end.finish()
        #expect(try await borrower.value == .loanEnded)
    }

    @Test(
        "that ends under it makes the connection dirty, and the reset closes it (F45, F51)",
        arguments: [SQLiteBlob.Access.readOnly, .readWrite])
    func reset(access: SQLiteBlob.Access) async throws {
        let driver = SQLite(path: scratch.path())
        try await overstay(driver, access) { connection, blob async throws in
            #expect(driver.condition(of: connection) == .dirty)
            try await driver.reset(connection)
            #expect(driver.condition(of: connection) == .ready)
            let next = driver.lend(connection, loan: .second)
            #expect(try await code { try await blob.read(1) } == .loanEnded)
            try await next.execute("UPDATE files SET body = x'99' WHERE id = 1")
            #expect(try await next.withBody { try await $0.read(1) } == [0x99])
            // The snapshot is gone: the log can be emptied.
            #expect(try await next.query("PRAGMA wal_checkpoint(TRUNCATE)")[0].decode(0, as: Int.self) == 0)
            driver.reclaim(connection, loan: .second)
            await driver.close(connection)
        }
    }

    @Test(
        "that ends under it lets the connection close, too (F49)", arguments: [SQLiteBlob.Access.readOnly, .readWrite])
    func close(access: SQLiteBlob.Access) async throws {
        let driver = SQLite(path: scratch.path())
        try await overstay(driver, access) { connection, blob async throws in await driver.close(connection) }
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.body(1).count == 100)
            try await handle.execute("DELETE FROM files")
        }
    }

    @Test("is for one task at a time (F51)")
    func concurrent() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        try await driver.lending { handle, connection async throws in
            try await fill(handle)
            let refused = try await code {
                try await handle.withBody { blob async throws in
                    let before = calls.count
                    let running = Task { try await handle.query(endless) }
                    await calls.reach(before + 1)
                    #expect(try await code { try await blob.read(1) } == .concurrentUse)
                    #expect(try await code { try await blob.reopen(row: 2) } == .concurrentUse)
                    #expect(try await code { try await handle.withBody { _ in } } == .concurrentUse)
                    running.cancel()
                    await #expect(throws: CancellationError.self) { try await running.value }
                    #expect(try await blob.read(1) == [0])
                }
            }
            #expect(refused == nil)
            #expect(driver.condition(of: connection) == .ready)
        }
    }

    @Test("that another task uses while it should be closed leaves a broken connection, which closes")
    func closedInUse() async throws {
        let began = Latch()
        var driver = SQLite(path: scratch.path())
        driver.functions = [
            SQLiteFunction("began", arguments: 0) { _ in
                began.open()
                return .bool(true)
            }
        ]
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        try await fill(handle)
        let (tasks, started) = AsyncStream<Task<[SQLRow], any Error>>.makeStream()
        let refused = try await code {
            try await handle.withBody { _ async throws in
                started.yield(Task { try await handle.query("\(endless) WHERE began()") })
                await began.wait()
            }
        }
        #expect(refused == .concurrentUse)
        started.finish()
        for await task in tasks {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        driver.reclaim(connection, loan: .first)
        #expect(driver.condition(of: connection) == .broken)
        await driver.close(connection)
    }

    @Test("makes no call on a thread where none may be made, whoever asks (F42)")
    func threads() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        try await driver.lending { handle, _ async throws in
            try await fill(handle)
            let before = calls.count
            try await use(handle)
            try await Task(executorPreference: calls.executor) { try await use(handle) }.value
            try await Self.onMain(handle)
            #expect(calls.count - before > 20)
            #expect(calls.strays == 0)
        }
        let inline = SQLite(path: scratch.path("inline.db"), execution: .inline)
        try await inline.lending { handle, _ async throws in
            try await fill(handle)
            try await use(handle)
        }
    }

    @MainActor private static func onMain(_ handle: SQLiteHandle) async throws {
        try await use(handle)
        MainActor.assertIsolated()
    }
}

private nonisolated(nonsending) func use(_ handle: SQLiteHandle) async throws {
    try await handle.withBody(1, .readWrite) { blob async throws in
        try await blob.write(blob.read(3, at: 3))
        try await blob.reopen(row: 2)
    }
    #expect(try await handle.withBody(1) { try await $0.read(3) } == [3, 4, 5])
}
