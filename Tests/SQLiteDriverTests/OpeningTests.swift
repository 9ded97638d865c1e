import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("Opening") struct OpeningTests {
    let scratch = try! Scratch()

    func failure(_ driver: SQLite) async throws -> SQLError {
        do {
            await driver.close(try await driver.connect())
        } catch let error as SQLError {
            return error
        }
        return SQLError(.other, "it opened")
    }

    @Test("a file that is no database fails and leaves the file as it is")
    func garbage() async throws {
        let bytes = Array(repeating: UInt8(ascii: "x"), count: 4096)
        let path = try scratch.write(bytes, to: "garbage")
        let error = try await failure(SQLite(path: path))
        #expect(error.kind == .notADatabase)
        #expect(error.message.contains(path))
        #expect(try scratch.read("garbage") == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["garbage"])
    }

    @Test("a short file that is no database fails, too", arguments: [1, 2, 16, 99, 511, 1000])
    func shortGarbage(size: Int) async throws {
        let bytes = Array(repeating: UInt8(ascii: "y"), count: size)
        let error = try await failure(SQLite(path: try scratch.write(bytes, to: "short")))
        #expect(error.kind == .notADatabase)
        #expect(try scratch.read("short") == bytes)
    }

    @Test("a truncated database is reported as damaged")
    func truncated() async throws {
        try await SQLite(path: scratch.path("whole"), journalMode: .delete).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            for _ in 0..<100 { try await handle.execute("INSERT INTO t VALUES(zeroblob(1000))") }
        }
        let path = try scratch.write(try scratch.read("whole").prefix(9000), to: "truncated")
        let error = try await failure(SQLite(path: path))
        #expect(error.kind == .corrupt)
        #expect(error.message.contains(path))
    }

    @Test("an empty file is a new database")
    func empty() async throws {
        let path = try scratch.write([], to: "empty")
        let count = try await SQLite(path: path, createIfMissing: false).lending { handle, _ async throws in
            try await handle.int("SELECT count(*) FROM sqlite_schema")
        }
        #expect(count == 0)
    }

    @Test("what is in the way is named, with the way out")
    func explanations() async throws {
        let folder = try await failure(SQLite(path: scratch.folder))
        #expect(folder.kind == .cannotOpen)
        #expect(folder.message == "'\(scratch.folder)' can't be opened: it is a folder; name a file in it")

        let orphan = try await failure(SQLite(path: scratch.path("no/such/app.db")))
        #expect(orphan.message.contains("there is no folder '\(scratch.path("no/such"))'; make it first"))

        let file = try scratch.write([1], to: "file")
        let under = try await failure(SQLite(path: file + "/app.db"))
        #expect(under.message.contains("'\(file)' is no folder"))

        let missing = try await failure(SQLite(path: scratch.path("typo.db"), createIfMissing: false))
        #expect(missing.kind == .cannotOpen)
        #expect(missing.message.contains("there is no such file, and createIfMissing is off"))
        let reader = try await failure(SQLite(path: scratch.path("typo.db"), readOnly: true))
        #expect(reader.message.contains("there is no such file, and readOnly makes none"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path("typo.db")))
    }

    @Test(
        "refuses without a pool what a pool refuses at its making",
        arguments: [("", "must name a file"), ("a\u{0}b", "path is 'a\\0b', but no file name can contain a NUL")])
    func impossible(path: String, reason: String) async throws {
        let error = try await failure(SQLite(path: path))
        #expect(error.kind == .cannotOpen)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    @Test("a path that looks like a URI is a file name", arguments: [SQLite.Execution.executor, .inline])
    func uri(execution: SQLite.Execution) async throws {
        // Relative, since only then it begins with the scheme: it lands in the current folder.
        let name = "file:\(UUID())?mode=memory"
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: "./\(name)\(suffix)") }
        }
        try await SQLite(path: name, execution: execution).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            #expect(FileManager.default.fileExists(atPath: "./\(name)"))
        }
    }

    @Test("every connection has the settings, read back from SQLite")
    func settings() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            #expect(try await handle.query("PRAGMA journal_mode")[0].decode(String.self) == "wal")
            #expect(try await handle.int("PRAGMA foreign_keys") == 1)
            #expect(try await handle.int("PRAGMA synchronous") == 1)
            #expect(try await handle.int("PRAGMA busy_timeout") == 0)
        }
        let other = SQLite(path: scratch.path("other"), journalMode: .truncate, synchronous: .full, foreignKeys: false)
        try await other.lending { handle, _ async throws in
            #expect(try await handle.query("PRAGMA journal_mode")[0].decode(String.self) == "truncate")
            #expect(try await handle.int("PRAGMA foreign_keys") == 0)
            #expect(try await handle.int("PRAGMA synchronous") == 2)
        }
        // As the file has it.
        try await SQLite(path: scratch.path(), journalMode: nil).lending { handle, _ async throws in
            #expect(try await handle.query("PRAGMA journal_mode")[0].decode(String.self) == "wal")
        }
    }

    @Test("foreign keys are enforced and extensions can't be loaded")
    func enforced() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE a(id INTEGER PRIMARY KEY)")
            try await handle.execute("CREATE TABLE b(a REFERENCES a)")
            #expect(try await kind { try await handle.execute("INSERT INTO b VALUES(1)") } == .foreignKeyViolation)
            #expect(try await kind { try await handle.query("SELECT load_extension('x')") } != nil)
            // Defensive mode.
            try await handle.execute("PRAGMA writable_schema = 1")
            #expect(try await kind { try await handle.execute("DELETE FROM sqlite_schema") } != nil)
        }
    }

    @Test("for reading only reads and refuses to write")
    func readOnly() async throws {
        try await SQLite(path: scratch.path()).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
        }
        try await SQLite(path: scratch.path(), readOnly: true).lending { handle, _ async throws in
            #expect(try await handle.int("SELECT count(*) FROM t") == 0)
            #expect(try await kind { try await handle.execute("INSERT INTO t VALUES(1)") } == .readOnly)
            let count = try await handle.transaction { try await $0.int("SELECT count(*) FROM t") }
            #expect(count == 0)
        }
    }

    @Test("and closing leave no file descriptor behind")
    func descriptors() async throws {
        let path = scratch.path()
        func open() throws -> [String] {
            // Other tests run meanwhile: only those of this test's folder count.
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
            }.filter { $0.hasPrefix(scratch.folder) }
        }
        let driver = SQLite(path: path)
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            for number in 0..<10 { _ = try await handle.query(SQLQuery(unsafe: "SELECT \(number) FROM t")) }
            #expect(try !open().isEmpty)
        }
        let garbage = try scratch.write(Array(repeating: 7, count: 5000), to: "garbage")
        for _ in 0..<3 { _ = try await failure(SQLite(path: garbage)) }
        #expect(try open() == [])
    }

    @Test("and closing leave a full-text index to end its own statements")
    func virtualTable() async throws {
        let driver = SQLite(path: scratch.path())
        for round in 1...2 {
            try await driver.lending { handle, _ async throws in
                try await handle.execute("CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5(text)")
                try await handle.execute("INSERT INTO word VALUES('green cheese')")
                #expect(try await handle.int("SELECT count(*) FROM word('cheese')") == round)
            }
        }
    }

    @Test("runs onConnect, and closes the connection if that throws or leaves a transaction")
    func onConnect() async throws {
        let driver = SQLite(path: scratch.path(), onConnect: { try await $0.execute("PRAGMA cache_size = -123") })
        try await driver.lending { handle, _ async throws in #expect(try await handle.int("PRAGMA cache_size") == -123)
        }

        struct Refusal: Error {}
        await #expect(throws: Refusal.self) {
            try await SQLite(path: scratch.path(), onConnect: { _ in throw Refusal() }).connect()
        }
        try await SQLite(path: scratch.path(), onConnect: { try await $0.execute("BEGIN") }).lending {
            handle, _ async throws in
            try await handle.transaction { _ = try await $0.query("SELECT 1") }
        }
    }

    @Test("many at once of a new file all succeed")
    func together() async throws {
        let driver = SQLite(path: scratch.path())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await driver.lending { handle, _ async throws in _ = try await handle.int("SELECT 1") }
                }
            }
            try await group.waitForAll()
        }
    }
}
