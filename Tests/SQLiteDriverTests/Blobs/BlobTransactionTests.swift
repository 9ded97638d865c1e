import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A blob and transactions", .timeLimit(.minutes(1))) struct BlobTransactionTests {
    let scratch = try! Scratch()

    struct Stop: Error {}

    func driver(_ mode: SQLite.JournalMode = .wal, calls: Calls? = nil) -> SQLite {
        SQLite(
            path: scratch.path(), journalMode: mode, busyTimeout: .seconds(50), executor: calls?.executor ?? .shared)
    }

    @Test("written outside of one is committed when withBlob returns, and not before")
    func committed() async throws {
        try await driver().lending { handle, _ async throws in
            try await fill(handle)
            try await driver().lending { other, _ async throws in
                try await handle.withBody(2, .readWrite) { blob async throws in
                    try await blob.write([1, 2])
                    #expect(try await other.body(2).prefix(2) == [7, 7])
                }
                #expect(try await other.body(2).prefix(3) == [1, 2, 7])
                // Nobody holds the lock any more.
                try await other.execute("UPDATE files SET note = 'y'")
            }
        }
    }

    @Test("written outside of one is undone when the closure throws or is cancelled, with the statements in it")
    func undone() async throws {
        try await driver().lending { handle, connection async throws in
            try await fill(handle)
            await #expect(throws: Stop.self) {
                try await handle.withBody(2, .readWrite) { blob async throws in
                    try await blob.write([1, 2])
                    try await handle.execute("DELETE FROM files WHERE id = 1")
                    throw Stop()
                }
            }
            let task = Task {
                try await handle.withBody(2, .readWrite) { blob async throws in
                    try await blob.write([3])
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await blob.write([4])
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await handle.body(2).prefix(2) == [7, 7])
            #expect(try await handle.int("SELECT count(*) FROM files") == 3)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
            try await driver().lending { other, _ async throws in try await other.execute("DELETE FROM files") }
        }
    }

    @Test("inside of one is part of it")
    func inside() async throws {
        try await driver().lending { handle, _ async throws in
            try await fill(handle)
            await #expect(throws: Stop.self) {
                try await handle.transaction { handle async throws in
                    try await handle.withBody(2, .readWrite) { try await $0.write([1]) }
                    #expect(try await handle.body(2)[0] == 1)
                    throw Stop()
                }
            }
            #expect(try await handle.body(2)[0] == 7)
            try await handle.transaction { handle async throws in
                try await handle.withBody(2, .readWrite) { first async throws in
                    try await handle.withBody(1) { try await first.write($0.read(5, at: 90)) }
                }
            }
            #expect(try await handle.body(2).prefix(6) == [90, 91, 92, 93, 94, 7])
        }
    }

    @Test("that is rolled back by hand says so, and nothing takes effect after it (F44)")
    func rolledBack() async throws {
        try await driver().lending { handle, _ async throws in
            try await fill(handle)
            try await handle.execute("BEGIN IMMEDIATE")
            try await handle.withBody(2, .readWrite) { blob async throws in
                try await blob.write([1])
                try await handle.execute("ROLLBACK")
                #expect(try await kind { try await blob.write([2]) } == .blobExpired)
            }
            #expect(try await handle.body(2)[0] == 7)
            let lost = try await kind {
                try await handle.withBody(2, .readWrite) { blob async throws in
                    try await blob.write([1])
                    try await handle.execute("ROLLBACK")
                    try await blob.write([2])
                }
            }
            #expect(lost == .transactionLost)
            #expect(try await handle.body(2)[0] == 7)
        }
    }

    @Test("that writes lets none begin, which could not be committed; a blob that reads does")
    func nested() async throws {
        try await driver().lending { handle, _ async throws in
            try await fill(handle)
            try await handle.withBody(2, .readWrite) { blob async throws in
                let error = await #expect(throws: SQLError.self) {
                    try await handle.transaction { _ in Issue.record("began") }
                }
                #expect(error?.message.contains("call withBlob inside of it") == true)
                try await blob.write([8])
            }
            try await handle.withBody(2) { blob async throws in
                try await handle.transaction { _ = try await $0.execute("UPDATE files SET note = 'x' WHERE id = 1") }
                #expect(try await blob.read(1) == [8])
            }
            #expect(try await handle.int("SELECT count(*) FROM files WHERE note = 'x'") == 1)
        }
    }

    @Test("that reads outside of one keeps a snapshot no longer than withBlob lasts (F45)")
    func snapshot() async throws {
        try await driver().lending { handle, connection async throws in
            try await fill(handle)
            try await driver().lending { writer, _ async throws in
                try await handle.withBody(2) { blob async throws in
                    try await writer.execute("UPDATE files SET body = x'00' WHERE id = 2")
                    #expect(try await blob.read(1) == [7])
                    #expect(try await writer.query("PRAGMA wal_checkpoint(TRUNCATE)")[0].decode(0, as: Int.self) == 1)
                }
                #expect(try await writer.query("PRAGMA wal_checkpoint(TRUNCATE)")[0].decode(0, as: Int.self) == 0)
            }
            #expect(try await handle.body(2) == [0])
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test("waits for a lock without a thread, at its beginning and at its commit", arguments: [true, false])
    func locked(atCommit: Bool) async throws {
        let calls = Calls(threads: 1)
        let driver = driver(.delete, calls: calls)
        try await driver.lending { handle, _ async throws in
            try await fill(handle)
            try await driver.lending { other, _ async throws in
                // A reader keeps the rollback journal's writer from committing, a writer keeps it from beginning.
                try await other.execute(atCommit ? "BEGIN" : "BEGIN IMMEDIATE")
                _ = try await other.int("SELECT count(*) FROM files")
                let before = calls.count
                async let written: Void = handle.withBody(2, .readWrite) { try await $0.write([1]) }
                await calls.reach(before + 12)
                try await other.execute("COMMIT")
                try await written
                #expect(try await other.body(2)[0] == 1)
            }
        }
    }

    @Test("that is only read waits for a lock, too")
    func lockedReader() async throws {
        let calls = Calls(threads: 1)
        let driver = driver(.delete, calls: calls)
        try await driver.lending { handle, _ async throws in
            try await fill(handle)
            try await driver.lending { other, _ async throws in
                try await other.execute("BEGIN EXCLUSIVE")
                let before = calls.count
                async let read = handle.withBody(2) { try await $0.read(1) }
                await calls.reach(before + 4)
                try await other.execute("COMMIT")
                #expect(try await read == [7])
            }
        }
    }

    @Test("whose commit finds no space says so, and leaves the value as it was (F44)")
    func full() async throws {
        let disk = try SmallDisk(kilobytes: 320)
        let driver = SQLite(path: disk.folder + "/app.db")
        try await driver.lending { handle, connection async throws in
            try await fill(handle)
            try await handle.execute("INSERT INTO files VALUES(9, zeroblob(200000), x'09', 'd')")
            let failed = try await kind {
                try await handle.withBody(9, .readWrite) { blob async throws in
                    try await blob.write([UInt8](repeating: 1, count: 200_000))
                }
            }
            #expect(failed == .diskFull)
            #expect(driver.condition(of: connection) == .ready)
            #expect(try await handle.body(9) == [UInt8](repeating: 0, count: 200_000))
        }
    }
}
