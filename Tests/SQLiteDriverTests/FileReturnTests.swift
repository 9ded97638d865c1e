import Foundation
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

@Suite("Connecting to a file that (F47)", .timeLimit(.minutes(1))) struct FileReturnTests {
    @Test(
        "was taken away from an idle connection is refused, and no file is made in its place",
        arguments: FileExchange.allCases)
    func idle(exchange: FileExchange) async throws {
        let file = try await Exchangeable(exchange)
        let driver = SQLite(path: file.path)
        let connection = try await driver.connect()
        try file.take()
        let isThere = file.exists(file.path)
        let error = await #expect(throws: SQLError.self) { try await driver.connect() }
        #expect(error?.kind == .fileReplaced)
        #expect(error?.message.contains("no new file is made in its place") == true)
        var changed = driver
        changed.busyTimeout = .seconds(1)
        #expect(try await kind { try await changed.connect() } == .fileReplaced)

        // Nor when nothing is open any more.
        await driver.close(connection)
        #expect(try await kind { try await driver.connect() } == .fileReplaced)
        #expect(file.exists(file.path) == isThere)
    }

    @Test(
        "is back is possible again",
        arguments: [FileExchange.movedAway, .replaced, .folderRenamed, .linkTurned], [true, false])
    func back(exchange: FileExchange, isOpen: Bool) async throws {
        let file = try await Exchangeable(exchange)
        let driver = SQLite(path: file.path)
        let connection = try await driver.connect()
        try file.take()
        if !isOpen { await driver.close(connection) }
        #expect(try await kind { try await driver.connect() } == .fileReplaced)
        try file.putBack()
        try await driver.lending { handle, _ async throws in try await handle.execute("INSERT INTO t VALUES(1)") }
        if isOpen { await driver.close(connection) }
        #expect(try await file.rows(file.path) == 1)
    }

    @Test("was exchanged when nothing was open is an opening like any other")
    func closed() async throws {
        let file = try await Exchangeable(.replaced)
        let driver = SQLite(path: file.path)
        try await driver.lending { handle, _ async throws in try await handle.execute("INSERT INTO t VALUES(1)") }
        try file.take()
        let count = try await driver.lending { handle, _ async throws in try await handle.int("SELECT count(*) FROM t")
        }
        #expect(count == 0)
    }

    @Test("was deleted is refused when the idle connection is closed first, too")
    func closedUnseen() async throws {
        let file = try await Exchangeable(.deleted)
        let driver = SQLite(path: file.path)
        let connection = try await driver.connect()
        try file.take()
        await driver.close(connection)
        #expect(try await kind { try await driver.connect() } == .fileReplaced)
        #expect(!file.exists(file.path))
    }

    @Test("was lost is for a new driver to decide, or for one with another path")
    func newDriver() async throws {
        let file = try await Exchangeable(.deleted)
        let driver = SQLite(path: file.path)
        let connection = try await driver.connect()
        try file.take()
        #expect(try await kind { try await driver.connect() } == .fileReplaced)
        await driver.close(connection)

        var elsewhere = driver
        elsewhere.path = file.scratch.path("elsewhere.db")
        try await elsewhere.lending { handle, _ async throws in _ = try await handle.int("SELECT 1") }
        try await SQLite(path: file.path).lending { handle, _ async throws in
            #expect(try await handle.int("SELECT count(*) FROM sqlite_schema") == 0)
        }
    }

    @Test("has the number of a lost one, but is another, is refused")
    func reusedNumber() async throws {
        let file = try await Exchangeable(.deleted)
        guard case .file(let identity) = FileSight.of(file.path) else {
            Issue.record("the file can't be seen")
            return
        }
        let shared = SharedFile()
        var older = identity
        older.birth -= 1
        try shared.join(older, path: file.path)
        shared.lose()
        shared.leave()
        #expect(throws: SQLError.self) { try shared.admit(file.path) }
        #expect(throws: SQLError.self) { try shared.join(identity, path: file.path) }
    }

    @Test("a pool has lost fails its loans with that cause, and works again when the file is back")
    func pool() async throws {
        let file = try await Exchangeable(.movedAway)
        let pool = try Pool(
            SQLite(path: file.path),
            configuration: PoolConfiguration(min: 2, max: 2, outagePolicy: .failAfter(.milliseconds(1))))
        try await pool.warmUp()
        try await pool.execute("INSERT INTO t VALUES(1)")
        try file.take()
        #expect(try await kind { try await pool.execute("INSERT INTO t VALUES(2)") } == .fileReplaced)
        var causes: [String] = []
        // The verdict closes the sibling, so that nothing is left to lend.
        while causes.isEmpty {
            do { _ = try await pool.execute("INSERT INTO t VALUES(3)") } catch let error as PoolError {
                causes.append("\(error)")
            } catch let error as SQLError {
                #expect(error.kind == .fileReplaced)
            }
        }
        #expect(causes[0].contains("'\(file.path)' was deleted or moved away"))
        #expect(!file.exists(file.path))

        try file.putBack()
        var isWritten = false
        while !isWritten { isWritten = (try? await pool.execute("INSERT INTO t VALUES(4)")) != nil }
        #expect(try await pool.query("SELECT v FROM t ORDER BY v").map { try $0.decode(Int.self) } == [1, 4])
        // A shutdown cancels the connect of the other one, and gives it up where the machine is too busy to end it soon.
        try await pool.warmUp()
        #expect(await pool.shutdown().isClean)
    }

    // In a process of its own, since the current folder is the process's.
    @Test("is named relative to a folder that the process leaves is refused while another is open, which works on")
    func folderLeft() async {
        await #expect(processExitsWith: .success) {
            let file = try await Exchangeable(.movedAway)
            let folder = FileManager.default.currentDirectoryPath
            try #require(chdir(file.scratch.path("folder")) == 0)
            let driver = SQLite(path: "app.db")
            try await driver.lending { handle, connection async throws in
                try #require(chdir(folder) == 0)
                try await handle.execute("INSERT INTO t VALUES(1)")
                connection.watch.due = 0
                #expect(try await handle.int("SELECT count(*) FROM t") == 1)
                #expect(try await kind { try await driver.connect() } == .fileReplaced)
                #expect(!file.exists(folder + "/app.db"))
            }
        }
    }

    @Test("is exchanged again and again never mixes two files")
    func storm() async throws {
        let file = try await Exchangeable(.movedAway)
        let driver = SQLite(path: file.path)
        try await driver.lending { handle, _ async throws in try await handle.execute("INSERT INTO t VALUES(1)") }
        let first = try await driver.connect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        guard let connection = try? await driver.connect() else { continue }
                        let handle = driver.lend(connection, loan: .first)
                        if let count = try? await handle.int("SELECT count(*) FROM t") { #expect(count == 1) }
                        driver.reclaim(connection, loan: .first)
                        await driver.close(connection)
                    }
                }
            }
            for _ in 0..<100 {
                try file.take()
                await Task.yield()
                #expect(!file.exists(file.path))
                try file.putBack()
            }
            try await group.waitForAll()
        }
        await driver.close(first)
    }
}
