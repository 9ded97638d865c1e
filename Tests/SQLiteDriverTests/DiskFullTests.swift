import CSQLite
import Foundation
import Glibc
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

/// A file system of a few kilobytes in memory, mounted for one test. Needs root; without it the test fails and says so.
final class SmallDisk {
    let folder: String
    struct MountFailed: Error { var errno: Int32 }

    init(kilobytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-disk-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try check(mount("tmpfs", folder, "tmpfs", 0, "size=\(kilobytes)k"))
    }

    func remountReadOnly() throws { try check(mount(nil, folder, nil, UInt(MS_REMOUNT | MS_RDONLY), nil)) }

    private func check(_ result: Int32) throws {
        if result != 0 { throw MountFailed(errno: errno) }
    }

    deinit {
        umount2(folder, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: folder)
    }
}

@Suite("A full disk") struct DiskFullTests {
    @Test(
        "is reported as such, ends the transaction, and nothing of it takes effect (F44)",
        arguments: [SQLite.JournalMode.wal, .delete])
    func full(mode: SQLite.JournalMode) async throws {
        let disk = try SmallDisk(kilobytes: 256)
        var driver = SQLite(path: disk.folder + "/app.db", journalMode: mode)
        // Small page cache, so that the transaction reaches the disk before its end.
        driver.onConnect = { try await $0.execute("PRAGMA cache_size = 2") }
        try await driver.lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v)")
            try await handle.execute("INSERT INTO t VALUES(\("before"))")
            let error = await #expect(throws: SQLError.self) {
                try await handle.transaction { handle async throws in
                    for _ in 0..<100 { try await handle.execute("INSERT INTO t VALUES(zeroblob(20000))") }
                }
            }
            #expect(error?.kind == .diskFull)
            #expect(error?.message.contains("no space left for '\(disk.folder)/app.db'") == true)
            #expect(try await handle.int("SELECT count(*) FROM t") == 1)
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test(
        "in the middle of a transaction refuses the statements that follow (F44)",
        arguments: [SQLite.JournalMode.wal, .delete])
    func middle(mode: SQLite.JournalMode) async throws {
        let disk = try SmallDisk(kilobytes: 256)
        try await SQLite(path: disk.folder + "/app.db", journalMode: mode).lending { handle, connection async throws in
            try await handle.execute("CREATE TABLE t(v)")
            try await handle.execute("PRAGMA cache_size = 2")
            _ = try? await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO t VALUES(1)")
                #expect(
                    try await kind { try await handle.execute("INSERT INTO t VALUES(zeroblob(500000))") } == .diskFull)
                // SQLite may have undone the statement alone or the whole transaction; never may what follows take
                // effect alone.
                let isOver = try await connection.settings.executor.run {
                    sqlite3_get_autocommit(connection.database) != 0
                }
                let after = try await kind { try await handle.execute("INSERT INTO t VALUES(2)") }
                #expect(isOver ? after == .transactionLost : after == nil || after == .diskFull)
                throw CancellationError()
            }
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
        }
    }

    @Test("that may only be read is refused for writing, with the way out")
    func readOnlyDisk() async throws {
        let disk = try SmallDisk(kilobytes: 256)
        let path = disk.folder + "/app.db"
        try await SQLite(path: path, journalMode: .delete).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
        }
        try disk.remountReadOnly()
        let error = await #expect(throws: SQLError.self) { try await SQLite(path: path).connect() }
        #expect(error?.kind == .cannotOpen)
        #expect(error?.message.contains("open it with readOnly: true (read_only=true in a URL)") == true)
        let count = try await SQLite(path: path, readOnly: true).lending { handle, _ async throws in
            try await handle.int("SELECT count(*) FROM t")
        }
        #expect(count == 0)
    }

    @Test("that may only be read and has a database in WAL mode is refused with the reason and the way out")
    func readOnlyLog() async throws {
        let disk = try SmallDisk(kilobytes: 256)
        let path = disk.folder + "/app.db"
        try await SQLite(path: path).lending { handle, _ async throws in try await handle.execute("CREATE TABLE t(v)") }
        try disk.remountReadOnly()
        let error = await #expect(throws: SQLError.self) { try await SQLite(path: path, readOnly: true).connect() }
        #expect(error?.kind == .cannotOpen)
        let reason = "WAL mode takes the file '\(path)-shm', which can't be made in '\(disk.folder)'"
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("PRAGMA journal_mode = delete") == true)
    }
}
