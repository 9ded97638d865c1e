import CSQLite
import Foundation
import PoolingSQL
import Testing

@testable import SQLiteDriver

@Suite("The SQLite of this process (F49)") struct LinkTests {
    let scratch = try! Scratch()

    /// Two copies would each cancel the other's locks.
    @Test("is the only one, and the driver calls that one")
    func single() throws {
        // Read to its end: the file has no size, and a reader that asks for one gets the first page.
        let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd() ?? Data()
        let mappings = String(decoding: maps, as: UTF8.self).split(separator: "\n").compactMap(Mapping.init)
        let libraries = Set(mappings.map(\.file).filter { $0.contains("libsqlite3") })
        #expect(libraries.count == 1)

        typealias Open =
            @convention(c) (
                UnsafePointer<CChar>?, UnsafeMutablePointer<OpaquePointer?>?, Int32, UnsafePointer<CChar>?
            ) -> Int32
        let called = UInt(bitPattern: unsafeBitCast(sqlite3_open_v2 as Open, to: UnsafeRawPointer.self))
        #expect(mappings.filter { $0.addresses.contains(called) }.map(\.file) == Array(libraries))
        // A copy in the executable would come before that of a library.
        #expect(UInt(bitPattern: try #require(dlsym(nil, "sqlite3_open_v2"))) == called)
    }

    private struct Mapping {
        let addresses: Range<UInt>
        let file: String

        /// From a line of `/proc/self/maps` that names a file.
        init?(_ line: Substring) {
            guard let path = line.firstIndex(of: "/") else { return nil }
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            addresses = ends[0]..<ends[1]
            file = String(line[path...])
        }
    }

    @Test(
        "keeps no descriptor of a closed database, even if statements were left open on it",
        arguments: [SQLite.JournalMode.wal, .delete])
    func descriptors(mode: SQLite.JournalMode) async throws {
        let driver = SQLite(path: scratch.path(), journalMode: mode, execution: .inline)
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
            try await handle.execute("INSERT INTO t VALUES(1), (2)")
        }
        let before = try open()
        for round in 0..<200 {
            var left: [SQLRowStream.Iterator] = []
            try await driver.lending { handle, connection async throws in
                if round % 4 == 1 { try await handle.execute("INSERT INTO t VALUES(3)") }
                if round % 4 == 2 {
                    try await handle.execute("BEGIN")
                    try await handle.execute("INSERT INTO t VALUES(4)")
                }
                #expect(try await handle.int("SELECT count(*) FROM t") >= 2)
                if round % 4 == 3 {
                    // In the middle of its rows, where it holds a snapshot.
                    var rows = try await handle.stream("SELECT 1 FROM t, t, t, t, t, t, t").makeAsyncIterator()
                    #expect(try await rows.next() != nil)
                    #expect(sqlite3_txn_state(connection.database, nil) == SQLITE_TXN_READ)
                    left.append(rows)
                }
                #expect(try !open().isEmpty)
            }
        }
        #expect(before == [])
        #expect(try open() == before)
        // The last one to close a log puts it into the file and removes it: nothing lives on as a zombie.
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder) == ["test.db"])
        // What was committed, and nothing of what was left open.
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("SELECT count(*) FROM t") == 52)
        }
    }

    /// The descriptors of files in this test's folder; other tests run meanwhile.
    private func open() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }.filter { $0.hasPrefix(scratch.folder) }
    }
}
