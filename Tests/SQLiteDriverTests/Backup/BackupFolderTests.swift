import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A backup of a database that is named relative to a folder", .timeLimit(.minutes(2)))
struct BackupFolderTests {
    // In a process of its own, since the current folder is the process's.
    @Test("that the process has left is made, and never over the database itself")
    func folderLeft() async {
        await #expect(processExitsWith: .success) {
            let scratch = try Scratch()
            let elsewhere = try Scratch()
            try #require(chdir(scratch.folder) == 0)
            try await SQLite(path: "app.db", journalMode: .delete).lending { handle, _ async throws in
                try await handle.execute("CREATE TABLE t(v)")
                try #require(chdir(elsewhere.folder) == 0)
                try await handle.backup(to: scratch.path("copy.db"))
                _ = try elsewhere.write([0], to: "app.db")
                #expect(try await kind { try await handle.backup(to: scratch.path("app.db")) } == .cannotOpen)
                try await handle.execute("INSERT INTO t VALUES(1)")
            }
        }
    }
}
