import CSQLite
import Foundation
import PoolingCore
import PoolingSQL
import Testing

@testable import SQLiteDriver

@Suite("A connection whose file is (F47)") struct FileLossTests {
    @Test(
        "taken away acknowledges no write, and refuses everything from then on",
        arguments: FileExchange.allCases, [SQLite.JournalMode.wal, .delete])
    func write(exchange: FileExchange, mode: SQLite.JournalMode) async throws {
        let file = try await Exchangeable(exchange, mode: mode)
        let driver = SQLite(path: file.path, journalMode: mode)
        try await driver.lending { handle, connection async throws in
            try await handle.execute("INSERT INTO t VALUES(1)")
            try file.take()
            let error = await #expect(throws: SQLError.self) { try await handle.execute("INSERT INTO t VALUES(2)") }
            #expect(error?.kind == .fileReplaced)
            #expect(error?.message.contains("'\(file.path)' \(exchange.word)") == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("had no effect") == true)
            #expect(error.map { driver.verdict(on: $0) } == .discardAll)
            #expect(driver.condition(of: connection) == .broken)
            #expect(try await kind { try await handle.query("SELECT 1") } == .fileReplaced)
            #expect(try await kind { try await handle.transaction { _ in } } == .fileReplaced)
            #expect(try await kind { try await driver.validate(connection) } == .fileReplaced)
        }
        if exchange != .deleted {
            try file.putBack()
            #expect(try await file.rows(file.path) == 1)
        }
    }

    @Test("taken away is refused at once for moving the log into it", arguments: FileExchange.allCases)
    func checkpoint(exchange: FileExchange) async throws {
        let file = try await Exchangeable(exchange)
        let driver = SQLite(path: file.path)
        try await driver.lending { handle, connection async throws in
            try await handle.checkpoint()
            try await handle.execute("INSERT INTO t VALUES(1)")
            try file.take()
            #expect(try await kind { try await handle.checkpoint() } == .fileReplaced)
            #expect(driver.condition(of: connection) == .broken)
        }
    }

    @Test("taken away is refused for reading, too, within a second", arguments: FileExchange.allCases)
    func read(exchange: FileExchange) async throws {
        let file = try await Exchangeable(exchange)
        let driver = SQLite(path: file.path, executor: Calls().executor)
        try await driver.lending { handle, connection async throws in
            _ = try await handle.int("SELECT count(*) FROM t")
            try file.take()
            let began = ContinuousClock.now
            var found: SQLError.Kind?
            while found == nil, began.duration(to: .now) < .seconds(20) {
                found = try await kind { try await handle.query("SELECT count(*) FROM t") }
            }
            #expect(found == .fileReplaced)
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(driver.condition(of: connection) == .broken)
        }
    }

    @Test(
        "taken away in a transaction commits nothing",
        arguments: FileExchange.allCases, [SQLite.JournalMode.wal, .delete])
    func transaction(exchange: FileExchange, mode: SQLite.JournalMode) async throws {
        let file = try await Exchangeable(exchange, mode: mode)
        let driver = SQLite(path: file.path, journalMode: mode)
        try await driver.lending { handle, connection async throws in
            let outcome = try await kind {
                try await handle.transaction { handle async throws in
                    try await handle.execute("INSERT INTO t VALUES(1)")
                    try file.take()
                }
            }
            #expect(outcome == .fileReplaced)
            #expect(driver.condition(of: connection) == .broken)
        }
        if exchange != .deleted {
            try file.putBack()
            #expect(try await file.rows(file.path) == 0)
        }
    }

    @Test("taken away in a transaction that was begun by hand commits nothing")
    func byHand() async throws {
        let file = try await Exchangeable(.movedAway)
        try await SQLite(path: file.path).lending { handle, _ async throws in
            try await handle.execute("BEGIN")
            try await handle.execute("INSERT INTO t VALUES(1)")
            try file.take()
            #expect(try await kind { try await handle.execute("COMMIT") } == .fileReplaced)
        }
        try file.putBack()
        #expect(try await file.rows(file.path) == 0)
    }

    @Test("taken away before a transaction only reads leaves it alone until the next look")
    func readTransaction() async throws {
        let file = try await Exchangeable(.movedAway)
        try await SQLite(path: file.path).lending { handle, connection async throws in
            connection.watch.due = .max
            try file.take()
            try await handle.transaction(.readOnly) { _ = try await $0.int("SELECT count(*) FROM t") }
            connection.watch.due = 0
            #expect(try await kind { try await handle.transaction(.readOnly) { _ in } } == .fileReplaced)
        }
    }

    @Test(
        "taken away between the look and the commit does not acknowledge it, and says where it went",
        arguments: [true, false])
    func race(inTransaction: Bool) async throws {
        let file = try await Exchangeable(.movedAway)
        try await SQLite(path: file.path, execution: .inline).lending { handle, connection async throws in
            // SQLite calls this when the commit is in the log and before the statement ends.
            let taking = Unmanaged.passRetained(Taking(file))
            defer { taking.release() }
            sqlite3_wal_hook(
                connection.database,
                { context, _, _, _ in
                    let taking = Unmanaged<Taking>.fromOpaque(context!).takeUnretainedValue()
                    return (try? taking.file.take()) == nil ? SQLITE_ERROR : SQLITE_OK
                }, taking.toOpaque())
            let error = await #expect(throws: SQLError.self) {
                if inTransaction {
                    try await handle.transaction { _ = try await $0.execute("INSERT INTO t VALUES(1)") }
                } else {
                    _ = try await handle.query("INSERT INTO t VALUES(1) RETURNING v")
                }
            }
            #expect(error?.kind == .fileReplaced)
            #expect(error?.message.contains("was committed, but into the old file") == true)
            #expect(try await kind { try await handle.query("SELECT 1") } == .fileReplaced)
        }
    }

    private final class Taking {
        let file: Exchangeable
        init(_ file: Exchangeable) { self.file = file }
    }

    @Test("taken away and put back between two looks goes on, as nothing was lost")
    func blink() async throws {
        let file = try await Exchangeable(.movedAway)
        let driver = SQLite(path: file.path)
        try await driver.lending { handle, connection async throws in
            try file.take()
            try file.putBack()
            try await handle.execute("INSERT INTO t VALUES(1)")
            #expect(driver.condition(of: connection) == .ready)
        }
        #expect(try await file.rows(file.path) == 1)
    }

    @Test("overwritten in place is damaged, and the connection is not used again")
    func damaged() async throws {
        let file = try await Exchangeable(.movedAway, mode: .delete)
        let driver = SQLite(path: file.path, journalMode: .delete)
        try await driver.lending { handle, _ async throws in
            _ = try await handle.int("SELECT count(*) FROM t")
            let writer = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
            try writer.write(contentsOf: Data(repeating: UInt8(ascii: "x"), count: 8192))
            try writer.close()
            let error = await #expect(throws: SQLError.self) { try await handle.query("SELECT * FROM t") }
            #expect(error.map { [.notADatabase, .corrupt].contains($0.kind) } == true)
            #expect(error.map { driver.verdict(on: $0) } == .discard)
        }
    }
}
