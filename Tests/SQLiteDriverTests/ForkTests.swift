import Foundation
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

/// Runs `child` in a child of this process and ends it there.
/// - Returns: what it returned; nil if it was killed, or hung for 20 seconds.
private func forked(_ child: () -> Int32) throws -> Int32? {
    // Swift hides the function, since a child must not use most of the runtime. What is tested here is how it is kept
    // from it.
    let address = try #require(dlsym(nil, "fork"))
    let fork = unsafeBitCast(address, to: (@convention(c) () -> Int32).self)
    let process = fork()
    if process == 0 {
        alarm(20)
        _exit(child())
    }
    try #require(process > 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
}

private func isRefused<R>(_ body: () throws(SQLiteFailure) -> R) -> Bool {
    do { _ = try body() } catch {
        if case .refused(let error) = error {
            return error.kind == .connectionLost && error.message.contains("before fork()")
        }
    }
    return false
}

// Each in a process of its own: in this one other tests' threads may hold locks that a child would wait for.
@Suite("A child process (F49)", .timeLimit(.minutes(2))) struct ForkTests {
    @Test("may not use its parent's connection, and leaves the parent's transaction alone when it closes it")
    func inherited() async {
        await #expect(processExitsWith: .success) {
            for mode in [SQLite.JournalMode.delete, .wal] {
                let scratch = try Scratch()
                let driver = SQLite(
                    path: scratch.path(), journalMode: mode, execution: .inline,
                    onConnect: { try await $0.execute("PRAGMA cache_size = 2") })
                try await driver.lending { handle, connection async throws in
                    try await handle.execute("CREATE TABLE t(v)")
                    try await handle.transaction { handle async throws in
                        // More than the cache takes, so that the file, the log and the journal are in use.
                        for _ in 0..<50 { try await handle.execute("INSERT INTO t VALUES(zeroblob(2000))") }
                        let journal = scratch.path(mode == .wal ? "test.db-wal" : "test.db-journal")
                        let before = FileManager.default.contents(atPath: journal)
                        #expect(before?.isEmpty == false)
                        let code = try forked {
                            guard driver.condition(of: connection) == .broken else { return 1 }
                            guard isRefused({ () throws(SQLiteFailure) in try connection.perform("DELETE FROM t") })
                            else { return 2 }
                            guard isRefused({ () throws(SQLiteFailure) in try connection.collect("SELECT 1") })
                            else { return 3 }
                            guard isRefused({ () throws(SQLiteFailure) in try connection.commitTransaction(1) })
                            else { return 4 }
                            guard isRefused({ () throws(SQLiteFailure) in try connection.cleanUp() }) else { return 5 }
                            connection.rollBackTransaction(1)
                            connection.dispose()
                            return driver.file.isInherited ? 0 : 6
                        }
                        #expect(code == 0)
                        #expect(FileManager.default.contents(atPath: journal) == before)
                    }
                    #expect(try await handle.int("SELECT count(*) FROM t") == 50)
                    #expect(try await handle.query("PRAGMA integrity_check")[0].decode(String.self) == "ok")
                    #expect(driver.condition(of: connection) == .ready)
                }
            }
        }
    }

    @Test("may open what its parent had closed before it forked, and what the parent never opened")
    func fresh() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            let driver = SQLite(path: scratch.path(), execution: .inline)
            let unused = SQLite(path: scratch.path(), execution: .inline)
            await driver.close(try await driver.connect())
            #expect(try forked { driver.file.isInherited || unused.file.isInherited ? 1 : 0 } == 0)
            let connection = try await driver.connect()
            #expect(try forked { driver.file.isInherited && !unused.file.isInherited ? 0 : 1 } == 0)
            #expect(!driver.file.isInherited)
            await driver.close(connection)
        }
    }
}
