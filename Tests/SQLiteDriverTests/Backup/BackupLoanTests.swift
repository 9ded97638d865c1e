import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

@Suite("A backup and its loan", .timeLimit(.minutes(1))) struct BackupLoanTests {
    let scratch = try! Scratch()
    var path: String { scratch.path("copy.db") }

    @Test("have the connection for themselves until the end (F51)")
    func alone() async throws {
        let driver = SQLite(path: scratch.path())
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await handle.backup(to: path) { _, _ async throws in
                #expect(try await code { try await handle.query("SELECT 1") } == .concurrentUse)
                #expect(try await code { try await handle.backup(to: path) } == .concurrentUse)
            }
            #expect(try await handle.transfers() == 0)
        }
        let connection = try await driver.connect()
        let stale = driver.lend(connection, loan: .first)
        driver.reclaim(connection, loan: .first)
        #expect(try await code { try await stale.backup(to: path) } == .loanEnded)
        await driver.close(connection)
    }

    @Test("end when the connection is closed, which waits for that")
    func closed() async throws {
        let driver = SQLite(path: scratch.path())
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        try await handle.openAccounts()
        let (closings, began) = AsyncStream<Task<Void, Never>>.makeStream()
        let error = await #expect(throws: SQLError.self) {
            try await handle.backup(to: path, pagesPerStep: 1) { _, _ async throws in
                began.yield(Task { await driver.close(connection) })
                while try await code(of: { try await handle.serverVersion() }) == .concurrentUse { await Task.yield() }
            }
        }
        #expect(error?.kind == .interrupted)
        began.finish()
        var count = 0
        for await closing in closings {
            await closing.value
            count += 1
        }
        #expect(count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["test.db"])
    }

    @Test("end in the middle of the check, too, by cancellation or by a close", arguments: [true, false])
    func checking(isCancelled: Bool) async throws {
        let gate = HeldCheck()
        let driver = SQLite(
            path: scratch.path(),
            functions: [SQLiteFunction("held", arguments: 0, isUsableInSchema: true) { _ in .integer(gate.pass()) }])
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        try await handle.execute("CREATE TABLE t(v CHECK (held()))")
        try await handle.execute(
            "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) SELECT x FROM c"
        )
        let path = path
        gate.hold()
        let backup = Task { try await handle.backup(to: path) }
        await gate.isReached()
        var closing: Task<Void, Never>?
        if isCancelled {
            backup.cancel()
        } else {
            closing = Task { await driver.close(connection) }
            while try await code(of: { try await handle.serverVersion() }) == .concurrentUse { await Task.yield() }
        }
        gate.open()
        switch await backup.result {
        case .success: Issue.record("the check went on to its end")
        case .failure(let error as SQLError): #expect(!isCancelled && error.kind == .interrupted)
        case .failure(let error): #expect(isCancelled && error is CancellationError)
        }
        await closing?.value
        if isCancelled {
            driver.reclaim(connection, loan: .first)
            await driver.close(connection)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["test.db"])
    }

    @Test("leave the executor's only thread to others between two steps (F42)")
    func yielding() async throws {
        let calls = Calls(threads: 1)
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await driver.lending { other, _ async throws in
                let backup = Task(executorPreference: calls.executor) {
                    let began = calls.count
                    let backup = try await handle.backup(to: path, pagesPerStep: 2, check: false)
                    return (calls: calls.count - began, steps: backup.pages / 2)
                }
                let others = Task(executorPreference: calls.executor) {
                    while !Task.isCancelled {
                        _ = try await other.int("SELECT 1")
                        await Task.yield()
                    }
                }
                let (count, steps) = try await backup.value
                others.cancel()
                _ = await others.result
                // The others' calls are about as many as the steps; without a pause there would be none.
                #expect(steps > 50)
                #expect(count > steps + steps / 2)
            }
        }
    }

    @Test("make no call on a thread where none may be made, whoever asks (F42)")
    func threads() async throws {
        let calls = Calls()
        let driver = SQLite(path: scratch.path(), executor: calls.executor)
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            let path = path
            let before = calls.count
            try await handle.backup(to: path)
            try await Task(executorPreference: calls.executor) { _ = try await handle.backup(to: path) }.value
            try await Self.onMain(handle, path)
            #expect(calls.count - before > 20)
            #expect(calls.strays == 0)
        }
        try await SQLite(path: scratch.path(), execution: .inline).lending { handle, _ async throws in
            try await handle.backup(to: path)
        }
        try await SQLite(path: path, journalMode: nil).lending { handle, _ async throws in try await handle.audit() }
    }

    @MainActor private static func onMain(_ handle: SQLiteHandle, _ path: String) async throws {
        try await handle.backup(to: path) { _, _ in MainActor.assertIsolated() }
        MainActor.assertIsolated()
    }
}

/// Holds the statement that passes here, on its thread.
private final class HeldCheck: Sendable {
    private let isHeld = Mutex(false)
    private let opened = DispatchSemaphore(value: 0)
    private let reached = AsyncStream<Void>.makeStream()

    func hold() { isHeld.withLock { $0 = true } }
    func open() { opened.signal() }

    func isReached() async {
        for await _ in reached.stream { return }
    }

    func pass() -> Int64 {
        let waits = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if waits {
            reached.continuation.yield()
            opened.wait()
        }
        return 1
    }
}
