import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A backup that fails", .timeLimit(.minutes(1))) struct BackupFailureTests {
    let scratch = try! Scratch()
    var driver: SQLite { SQLite(path: scratch.path()) }

    struct Stop: Error {}

    /// A database, and a file where an old backup is.
    func lending(_ body: (SQLiteHandle, SQLiteConnection) async throws -> Void) async throws {
        let old = try scratch.write("old backup".utf8, to: "copy.db")
        try await driver.lending { handle, connection async throws in
            try await handle.openAccounts()
            let before = try files()
            try await body(handle, connection)
            #expect(try files() == before)
            #expect(try scratch.read("copy.db") == Array("old backup".utf8))
            #expect(driver.condition(of: connection) == .ready)
            // Nothing of it holds a snapshot: the log can be emptied.
            #expect(try await handle.query("PRAGMA wal_checkpoint(TRUNCATE)")[0].decode(0, as: Int.self) == 0)
            try await handle.backup(to: old)
        }
        let copy = SQLite(path: old, journalMode: nil)
        try await copy.lending { handle, _ async throws in try await handle.audit() }
    }

    func files() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: scratch.folder)) }

    @Test("by cancellation between two steps leaves nothing behind, and the old backup as it was")
    func cancelled() async throws {
        try await lending { handle, _ async throws in
            for last in [false, true] {
                let task = Task {
                    try await handle.backup(to: scratch.path("copy.db"), pagesPerStep: 10) {
                        remaining, _ async throws in
                        if !last || remaining == 0 { withUnsafeCurrentTask { $0?.cancel() } }
                        if !last { #expect(try files().contains { $0.contains("copy.db.unfinished-") }) }
                    }
                }
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            let cancelled = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await handle.backup(to: scratch.path("copy.db")) { _, _ in Issue.record("began") }
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
        }
    }

    @Test("by what progress throws leaves nothing behind either")
    func thrown() async throws {
        try await lending { handle, _ async throws in
            await #expect(throws: Stop.self) {
                try await handle.backup(to: scratch.path("copy.db"), pagesPerStep: 10) { _, _ in throw Stop() }
            }
        }
    }

    @Test("for want of space says so")
    func full() async throws {
        let disk = try SmallDisk(kilobytes: 256)
        try await lending { handle, _ async throws in
            let path = disk.folder + "/copy.db"
            let error = await #expect(throws: SQLError.self) { try await handle.backup(to: path) }
            #expect(error?.kind == .diskFull)
            #expect(error?.message == "the backup '\(path)' found no space left; make room and repeat it")
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder) == [])
            try disk.remountReadOnly()
            let readOnly = await #expect(throws: SQLError.self) { try await handle.backup(to: path) }
            #expect(readOnly?.kind == .cannotOpen)
            #expect(readOnly?.message.contains("is on a disk that can only be read") == true)
        }
    }

    @Test("because of where it is to be says why, in one sentence, and touches nothing")
    func places() async throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: scratch.path("folder"), withIntermediateDirectories: true)
        try manager.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: scratch.path())
        try manager.createSymbolicLink(atPath: scratch.path("nowhere"), withDestinationPath: scratch.path("none"))
        try manager.createSymbolicLink(atPath: scratch.path("aside"), withDestinationPath: scratch.folder)
        _ = try scratch.write([], to: "used.db")
        _ = try scratch.write([], to: "used.db-wal")
        _ = try scratch.write([], to: "hot.db-journal")
        try await lending { handle, _ async throws in
            try manager.linkItem(atPath: scratch.path(), toPath: scratch.path("hard"))
            let reasons = [
                scratch.path(): "that is the database itself", scratch.path("link"): "that is the database itself",
                scratch.path("hard"): "that is the database itself",
                scratch.path("aside/test.db"): "that is the database itself",
                scratch.path("folder/../test.db"): "that is the database itself",
                scratch.path("nowhere"): "it is a symbolic link that leads nowhere",
                scratch.path("folder"): "it is a folder", scratch.folder + "/folder/": "it is a folder",
                "/dev/null": "it is no regular file", scratch.path("none/copy.db"): "there is no folder",
                scratch.path("used.db/copy.db"): "is no folder",
                scratch.path("test.db-journal"): "SQLite keeps the log",
                scratch.path("used.db"): "there is '\(scratch.path("used.db"))-wal'",
                scratch.path("hot.db"): "is or was in use as a database", "": "the path is empty",
                scratch.path("a\u{0}b"): "contains a NUL", scratch.path(String(repeating: "a", count: 250)): "too long",
            ]
            for (path, reason) in reasons {
                let error = await #expect(throws: SQLError.self) { try await handle.backup(to: path) }
                #expect(error?.kind == .cannotOpen)
                #expect(error?.message.hasPrefix("a backup can't be made in '\(path)': ") == true)
                #expect(error?.message.contains(reason) == true, "\(path): \(error?.message ?? "")")
            }
            await #expect(throws: PoolConfigurationError.self) {
                try await handle.backup(to: scratch.path("copy.db"), pagesPerStep: 0)
            }
            try manager.removeItem(atPath: scratch.path("hard"))
        }
    }

    @Test("its check, since the database is damaged, doesn't replace a good one")
    func damaged() async throws {
        try await driver.lending { handle, _ async throws in try await handle.openAccounts() }
        let page = try FileHandle(forUpdating: URL(fileURLWithPath: scratch.path()))
        try page.seek(toOffset: 4096 * 100)
        try page.write(contentsOf: [UInt8](repeating: 0xff, count: 4096))
        try page.close()
        let old = try scratch.write("old backup".utf8, to: "copy.db")
        try await driver.lending { handle, _ async throws in
            let error = await #expect(throws: SQLError.self) { try await handle.backup(to: old) }
            #expect(error?.kind == .corrupt)
            #expect(error?.message.hasPrefix("the copy for '\(old)' is damaged (") == true)
            #expect(try scratch.read("copy.db") == Array("old backup".utf8))
            #expect(try !files().contains { $0.contains("unfinished") })
            try await handle.backup(to: old, check: false)
            #expect(try scratch.read("copy.db").count > 4096)
        }
    }
}
