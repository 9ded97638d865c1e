import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

extension SQLiteHandle {
    /// Accounts whose sum is zero, over some hundred pages.
    func openAccounts() async throws {
        try await execute("CREATE TABLE accounts(id INTEGER PRIMARY KEY, balance, padding)")
        try await execute("CREATE TABLE transfers(id INTEGER PRIMARY KEY)")
        try await execute(
            """
            WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 400)
            INSERT INTO accounts SELECT x, 0, zeroblob(2000) FROM c
            """)
    }

    func transfer(_ round: Int) async throws {
        try await transaction { handle async throws in
            try await handle.execute("UPDATE accounts SET balance = balance - 1 WHERE id = \(round % 400 + 1)")
            try await handle.execute("UPDATE accounts SET balance = balance + 1 WHERE id = \(400 - round % 300)")
            try await handle.execute("INSERT INTO transfers DEFAULT VALUES")
        }
    }

    func transfers() async throws -> Int { try await int("SELECT count(*) FROM transfers") }

    /// Demands that it is whole and one state of the accounts.
    func audit() async throws {
        #expect(try await query("PRAGMA integrity_check")[0].decode(String.self) == "ok")
        #expect(try await int("SELECT sum(balance) FROM accounts") == 0)
        #expect(try await int("SELECT count(*) FROM accounts") == 400)
    }
}

@Suite("A backup", .timeLimit(.minutes(1))) struct BackupTests {
    let scratch = try! Scratch()
    var driver: SQLite { SQLite(path: scratch.path()) }
    var copy: SQLite { SQLite(path: scratch.path("copy.db"), createIfMissing: false, journalMode: nil) }

    func names() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: scratch.folder)) }

    @Test("is the whole database, and tells what it is")
    func whole() async throws {
        try await driver.lending { handle, connection async throws in
            try await handle.openAccounts()
            for round in 0..<5 { try await handle.transfer(round) }
            var steps: [Int] = []
            var totals: Set<Int> = []
            let before = try names()
            let backup = try await handle.backup(to: copy.path, pagesPerStep: 50) { remaining, total in
                steps.append(remaining)
                totals.insert(total)
            }
            #expect(try await handle.int("PRAGMA page_count") == backup.pages)
            #expect(backup.bytes == backup.pages * 4096)
            #expect(backup.bytes == (try scratch.read("copy.db").count))
            #expect(backup.duration > .zero)
            #expect(totals == [backup.pages])
            #expect(steps == stride(from: backup.pages - 50, to: 0, by: -50) + [0])
            #expect(try self.names() == before.union(["copy.db"]))
            #expect(SQLite(path: "").condition(of: connection) == .ready)
            try await handle.transfer(6)
        }
        try await copy.lending { handle, _ async throws in
            try await handle.audit()
            #expect(try await handle.transfers() == 5)
        }
    }

    @Test("is one state, and comes to its end, while another connection writes between all of its steps")
    func written() async throws {
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await handle.transfer(0)
            try await driver.lending { writer, _ async throws in
                var round = 0
                let backup = try await handle.backup(to: copy.path, pagesPerStep: 3) { _, _ async throws in
                    round += 1
                    try await writer.transfer(round)
                }
                #expect(round == (backup.pages + 2) / 3)
                #expect(try await writer.transfers() == round + 1)
            }
            #expect(try await handle.transfers() > 1)
        }
        try await copy.lending { handle, _ async throws in
            try await handle.audit()
            #expect(try await handle.transfers() == 1)
        }
    }

    @Test("is one state while another task writes all the time")
    func writtenAlways() async throws {
        let pool = try Pool(driver, configuration: PoolConfiguration(max: 2))
        try await pool.withConnection { try await $0.openAccounts() }
        let writer = Task {
            var round = 0
            while !Task.isCancelled {
                round += 1
                try await pool.withConnection { try await $0.transfer(round) }
            }
        }
        for _ in 0..<3 {
            let written = try await pool.withConnection { handle async throws in
                try await handle.backup(to: copy.path, pagesPerStep: 2)
            }
            #expect(written.pages > 100)
            try await copy.lending { handle, _ async throws in try await handle.audit() }
        }
        writer.cancel()
        _ = await writer.result
        _ = await pool.shutdown()
    }

    @Test("lets commits of the rollback journal's modes wait for its end")
    func rollbackJournal() async throws {
        let driver = SQLite(path: scratch.path(), journalMode: .delete, busyTimeout: .milliseconds(5))
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await driver.lending { writer, _ async throws in
                try await handle.backup(to: copy.path) { _, _ async throws in
                    #expect(try await kind { try await writer.transfer(1) } == .busy)
                }
                try await writer.transfer(1)
            }
        }
        try await copy.lending { handle, _ async throws in
            try await handle.audit()
            #expect(try await handle.transfers() == 0)
        }
    }

    @Test("inside of a transaction that reads is what this transaction sees, and the transaction goes on")
    func reading() async throws {
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await driver.lending { writer, _ async throws in
                try await handle.transaction(.readOnly) { handle async throws in
                    #expect(try await handle.transfers() == 0)
                    try await writer.transfer(1)
                    try await handle.backup(to: copy.path)
                    #expect(try await handle.transfers() == 0)
                }
                try await handle.execute("BEGIN")
                try await handle.backup(to: scratch.path("second.db"))
                try await writer.transfer(2)
                #expect(try await handle.transfers() == 1)
                try await handle.execute("COMMIT")
                #expect(try await handle.transfers() == 2)
            }
        }
        #expect(try await copy.lending { handle, _ async throws in try await handle.transfers() } == 0)
    }

    @Test("inside of a transaction that writes is refused, and the transaction goes on")
    func writing() async throws {
        try await driver.lending { handle, _ async throws in
            try await handle.openAccounts()
            try await handle.transaction { handle async throws in
                try await handle.execute("INSERT INTO transfers DEFAULT VALUES")
                let error = await #expect(throws: SQLError.self) { try await handle.backup(to: copy.path) }
                #expect(error?.message.contains("can't be made inside of a transaction that writes") == true)
            }
            #expect(try await handle.transfers() == 1)
        }
        #expect(try names() == ["test.db"])
    }

    @Test(
        "has the functions that the database's constraints call, and its permissions, but can be written by its owner",
        arguments: [0o600, 0o400])
    func settings(permissions: Int) async throws {
        let driver = SQLite(path: scratch.path(), functions: [FunctionTests.slug])
        try await driver.lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE pages(name CHECK (slug(name) = name))")
            try await handle.execute("INSERT INTO pages VALUES('home')")
            try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: scratch.path())
            try await handle.backup(to: copy.path)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: copy.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("of a file without a page is a database without a table")
    func empty() async throws {
        try await SQLite(path: scratch.path(), journalMode: nil).lending { handle, _ async throws in
            #expect(try await handle.backup(to: copy.path).pages == 0)
        }
        #expect(try scratch.read("test.db").isEmpty)
        let tables = try await copy.lending { handle, _ async throws in
            try await handle.int("SELECT count(*) FROM sqlite_schema")
        }
        #expect(tables == 0)
    }
}
