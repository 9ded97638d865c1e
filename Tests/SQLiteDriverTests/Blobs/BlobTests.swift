import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

/// A table of blobs: row 1 has 100 bytes that count up, row 2 has ten times 7, row 3 a number.
func fill(_ handle: SQLiteHandle) async throws {
    try await handle.execute("CREATE TABLE files(id INTEGER PRIMARY KEY, body, indexed UNIQUE, note)")
    let body = (0..<100).map { UInt8($0) }
    try await handle.execute("INSERT INTO files VALUES(1, \(body), x'01', 'a')")
    try await handle.execute("INSERT INTO files VALUES(2, \([UInt8](repeating: 7, count: 10)), x'02', 'b')")
    try await handle.execute("INSERT INTO files VALUES(3, 3, x'03', 'c')")
}

extension SQLiteHandle {
    func body(_ row: Int64) async throws -> [UInt8] {
        try await query("SELECT body FROM files WHERE id = \(row)")[0].decode([UInt8].self)
    }

    /// The usual blob of these tests.
    nonisolated(nonsending) func withBody<R>(
        _ row: Int64 = 1, _ access: SQLiteBlob.Access = .readOnly,
        _ body: nonisolated(nonsending) (SQLiteBlob) async throws -> R
    ) async throws -> R {
        try await withBlob(in: "files", column: "body", row: row, access: access, body)
    }
}

@Suite("A blob", .timeLimit(.minutes(1))) struct BlobTests {
    let scratch = try! Scratch()

    func lending(_ body: (SQLiteHandle, SQLiteConnection) async throws -> Void) async throws {
        try await SQLite(path: scratch.path(), busyTimeout: .milliseconds(20)).lending {
            handle, connection async throws in
            try await fill(handle)
            try await body(handle, connection)
        }
    }

    @Test("is read and written in pieces, from anywhere")
    func pieces() async throws {
        try await lending { handle, connection async throws in
            try await handle.withBody(1, .readWrite) { blob async throws in
                #expect(blob.count == 100)
                #expect(try await blob.read(3, at: 50) == [50, 51, 52])
                #expect(try await blob.read(2) == [0, 1])
                #expect(try await blob.read(0, at: 100) == [])
                try await blob.write([255, 254], at: 98)
                try await blob.write([], at: 100)
                #expect(try await blob.read(3, at: 97) == [97, 255, 254])
            }
            #expect(try await handle.body(1).suffix(3) == [97, 255, 254])
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test("is copied in chunks, of which the last one is shorter")
    func chunks() async throws {
        try await lending { handle, _ async throws in
            let original = try await handle.body(1)
            var sizes: [Int] = []
            var copy: [UInt8] = []
            try await handle.withBody { blob async throws in
                try await blob.forEachChunk(of: 30) { chunk async throws in
                    sizes.append(chunk.count)
                    copy += chunk
                }
            }
            #expect(sizes == [30, 30, 30, 10])
            #expect(copy == original)
            try await handle.execute("INSERT INTO files VALUES(9, zeroblob(110), x'09', 'd')")
            var rest = copy[...]
            let written = try await handle.withBody(9, .readWrite) { blob async throws in
                try await blob.writeChunks(at: 5) {
                    defer { rest = rest.dropFirst(7) }
                    return rest.isEmpty ? nil : Array(rest.prefix(7))
                }
            }
            #expect(written == 100)
            #expect(try await handle.body(9) == [UInt8](repeating: 0, count: 5) + original + [0, 0, 0, 0, 0])
        }
    }

    @Test("has no bytes outside of its size: that is refused before anything is written")
    func range() async throws {
        try await lending { handle, _ async throws in
            try await handle.withBody(2, .readWrite) { blob async throws in
                for (count, offset) in [(1, 10), (11, 0), (1, -1), (-1, 0), (1, Int.max), (Int.max, 1)] {
                    #expect(try await kind { try await blob.read(count, at: offset) } == .blobRange)
                }
                let error = await #expect(throws: SQLError.self) { try await blob.write([1, 2, 3], at: 8) }
                #expect(error?.message.hasPrefix("3 bytes at offset 8 are not in the blob, which has 10;") == true)
                #expect(try await blob.read(2, at: 8) == [7, 7])
            }
        }
    }

    @Test("moves from row to row, and knows each one's size")
    func reopen() async throws {
        try await lending { handle, _ async throws in
            try await handle.withBody { blob async throws in
                try await blob.reopen(row: 2)
                #expect(blob.count == 10)
                #expect(try await blob.read(2) == [7, 7])
                let error = await #expect(throws: SQLError.self) { try await blob.reopen(row: 77) }
                #expect(error?.message == "the blob can't be moved to another row: there is no such row")
                #expect(try await kind { try await blob.read(1) } == .blobExpired)
                #expect(try await kind { try await blob.reopen(row: 1) } == .blobExpired)
            }
            #expect(try await handle.int("SELECT 1") == 1)
        }
    }

    @Test("that can't be opened is refused with the reason")
    func refusals() async throws {
        func message(_ table: String, _ column: String, _ row: Int64, _ handle: SQLiteHandle) async -> String {
            let error = await #expect(throws: SQLError.self) {
                try await handle.withBlob(in: table, column: column, row: row, access: .readWrite) { _ in }
            }
            return error?.message ?? ""
        }
        try await lending { handle, connection async throws in
            let begin = "the blob in files.body can't be opened: "
            #expect(await message("files", "body", 77, handle) == begin + "there is no such row")
            #expect(await message("files", "body", 3, handle) == begin + "cannot open value of type integer")
            #expect(await message("files", "nobody", 1, handle).contains("no such column: \"nobody\""))
            #expect(await message("nowhere", "body", 1, handle).contains("no such table: main.nowhere"))
            #expect(await message("files", "indexed", 1, handle).contains("cannot open indexed column for writing"))
            #expect(await message("fi\u{0}les", "body", 1, handle).contains("NUL"))
            #expect(SQLite(path: "").condition(of: connection) == .ready)
            #expect(try await handle.withBlob(in: "files", column: "indexed", row: 1) { $0.count } == 1)
        }
    }

    @Test("that was opened for reading isn't written")
    func readOnly() async throws {
        try await lending { handle, _ async throws in
            try await handle.withBody { blob async throws in
                let error = await #expect(throws: SQLError.self) { try await blob.write([1]) }
                #expect(error?.kind == .readOnly)
                #expect(error?.message.contains("access: .readWrite") == true)
            }
            try await handle.transaction(.readOnly) { handle async throws in
                #expect(try await kind { try await handle.withBody(1, .readWrite) { _ in } } == .readOnly)
                #expect(try await handle.withBody { try await $0.read(1) } == [0])
            }
        }
    }

    @Test("whose row was changed, in another column even, says that it has to be opened again")
    func expired() async throws {
        try await lending { handle, connection async throws in
            try await handle.withBody(1, .readWrite) { blob async throws in
                try await blob.write([200])
                try await handle.execute("UPDATE files SET note = 'z' WHERE id = 1")
                let error = await #expect(throws: SQLError.self) { try await blob.read(1) }
                #expect(error?.kind == .blobExpired)
                #expect(error?.message.contains("its row was changed or deleted") == true)
                #expect(try await kind { try await blob.write([1], at: 500) } == .blobExpired)
            }
            // What was written before is not undone by that.
            #expect(try await handle.body(1)[0] == 200)
            try await handle.withBody { blob async throws in
                try await handle.execute("DELETE FROM files WHERE id = 1")
                #expect(try await kind { try await blob.read(1) } == .blobExpired)
            }
            #expect(SQLite(path: "").condition(of: connection) == .ready)
        }
    }

    @Test("is refused after its closure has ended")
    func ended() async throws {
        try await lending { handle, _ async throws in
            let stale = try await handle.withBody(1, .readWrite) { $0 }
            let other = try await handle.withBody(2, .readWrite) { other async throws in
                let error = await #expect(throws: SQLError.self) { try await stale.write([9]) }
                #expect(error?.kind == .blobExpired)
                #expect(error?.message.contains("keep the work inside of withBlob") == true)
                #expect(try await kind { try await stale.read(1) } == .blobExpired)
                #expect(try await kind { try await stale.reopen(row: 2) } == .blobExpired)
                return try await other.read(1)
            }
            #expect(other == [7])
            #expect(try await handle.body(1)[0] == 0)
        }
    }
}
