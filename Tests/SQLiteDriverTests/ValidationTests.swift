import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

/// A damage done to a file by somebody else, through a descriptor that stays open for as long as the test: closing it
/// would drop the locks that SQLite holds on the file in this process.
final class Vandal {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDWR)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func overwrite(_ count: Int, from offset: Int = 0) {
        let bytes = Array(repeating: UInt8(ascii: "x"), count: count)
        #expect(pwrite(descriptor, bytes, count, offset) == count)
    }

    func truncate(to size: Int) { #expect(ftruncate(descriptor, size) == 0) }
}

@Suite("Validation", .timeLimit(.minutes(1))) struct ValidationTests {
    let scratch = try! Scratch()

    enum Impostor: CaseIterable { case garbage, zeros, truncated, folder, absent }

    @Test("at opening finds what is no database, though SQLite opens it (F46)", arguments: Impostor.allCases)
    func opening(impostor: Impostor) async throws {
        let expected: SQLError.Kind
        switch impostor {
        case .garbage:
            _ = try scratch.write(Array(repeating: UInt8(ascii: "x"), count: 4096), to: "test.db")
            expected = .notADatabase
        case .zeros:
            _ = try scratch.write(Array(repeating: 0, count: 4096), to: "test.db")
            expected = .notADatabase
        case .truncated:
            try await makeDatabase(.delete)
            _ = try scratch.write(try scratch.read("test.db").prefix(9000), to: "test.db")
            expected = .corrupt
        case .folder:
            try FileManager.default.createDirectory(atPath: scratch.path(), withIntermediateDirectories: false)
            expected = .cannotOpen
        case .absent: expected = .cannotOpen
        }
        let driver = SQLite(path: scratch.path(), createIfMissing: false)
        #expect(try await kind { await driver.close(try await driver.connect()) } == expected)
    }

    @Test("at opening takes a file without a byte for a new database, which a later check knows (F46)")
    func empty() async throws {
        let driver = SQLite(path: try scratch.write([], to: "test.db"), createIfMissing: false, journalMode: .delete)
        let connection = try await driver.connect()
        try await driver.validate(connection)
        let handle = driver.lend(connection, loan: .first)
        try await handle.execute("CREATE TABLE t(v)")
        driver.reclaim(connection, loan: .first)
        try await driver.validate(connection)
        try Vandal(scratch.path()).truncate(to: 0)
        #expect(try await kind { try await driver.validate(connection) } == .corrupt)
        await driver.close(connection)
    }

    @Test("at opening says that this user may not read the file, or not write to it (F46)")
    func permissions() async throws {
        // Root may read everything, and only one thread can be made somebody else: the one that SQLite is called on.
        let executor = BlockingExecutor(name: "nobody", threads: 1)
        try await executor.run { try becomeNobody() }
        try await makeDatabase(.delete)
        let driver = SQLite(path: scratch.path(), executor: executor)
        for (mode, rule) in [(0o000, "this user may not read it"), (0o444, "this user may not write to it")] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: scratch.path())
            let error = await #expect(throws: SQLError.self) { try await driver.connect() }
            #expect(error?.kind == .cannotOpen)
            #expect(error?.message.contains(rule) == true, "\(String(describing: error))")
        }
    }

    enum Damage: CaseIterable {
        case header, everything, cutToHeader, cutToNothing
        /// The name of the format is left as it is. Under a write-ahead log SQLite doesn't look at the rest again, and
        /// what it has in memory is good.
        case restOfHeader
    }

    static let damages =
        Damage.allCases.map { ($0, SQLite.JournalMode.delete) }
        + Damage.allCases.filter { $0 != .restOfHeader }.map { ($0, .wal) }

    @Test(
        "of an idle connection finds that its file was damaged, though its cache has every page (F46)",
        arguments: damages)
    func damaged(damage: Damage, mode: SQLite.JournalMode) async throws {
        try await makeDatabase(mode)
        let driver = SQLite(path: scratch.path(), journalMode: mode)
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .first)
        _ = try await handle.query("SELECT * FROM t")
        driver.reclaim(connection, loan: .first)
        try await driver.validate(connection)
        let vandal = try Vandal(scratch.path())
        switch damage {
        case .header: vandal.overwrite(16)
        case .everything: vandal.overwrite(20_000)
        case .cutToHeader: vandal.truncate(to: 100)
        case .cutToNothing: vandal.truncate(to: 0)
        case .restOfHeader: vandal.overwrite(84, from: 16)
        }
        let error = await #expect(throws: SQLError.self) { try await driver.validate(connection) }
        #expect(error?.kind == .corrupt || error?.kind == .notADatabase)
        #expect(error?.message.contains("'\(scratch.path())'") == true)
        #expect(error.map { driver.verdict(on: $0) } == .discard)
        await driver.close(connection)
        withExtendedLifetime(vandal) {}
    }

    @Test("leaves a sound file alone, whoever writes to it meanwhile", arguments: [SQLite.JournalMode.wal, .delete])
    func sound(mode: SQLite.JournalMode) async throws {
        try await makeDatabase(mode)
        let driver = SQLite(path: scratch.path(), journalMode: mode)
        let idle = try await driver.connect()
        try await driver.lending { writer, _ async throws in
            for _ in 0..<50 {
                try await writer.execute("INSERT INTO t VALUES(zeroblob(3000))")
                try await driver.validate(idle)
            }
            try await writer.execute("DELETE FROM t")
            try await writer.execute("VACUUM")
            try await driver.validate(idle)
        }
        await driver.close(idle)
    }

    func makeDatabase(_ mode: SQLite.JournalMode) async throws {
        try await SQLite(path: scratch.path(), journalMode: mode).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            for _ in 0..<10 { try await handle.execute("INSERT INTO t VALUES(zeroblob(3000))") }
        }
    }
}

/// Takes the rights of a stranger to the file system from the calling thread for good, if it has those of root.
private func becomeNobody() throws {
    guard geteuid() == 0 else { return }
    // A function of Linux alone, in a header that Swift does not import.
    let symbol = try #require(dlsym(nil, "setfsuid"))
    let setFileSystemUser = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
    _ = setFileSystemUser(65534)
    // It answers with the one before, whether it succeeded or not.
    try #require(setFileSystemUser(65534) == 65534)
}
