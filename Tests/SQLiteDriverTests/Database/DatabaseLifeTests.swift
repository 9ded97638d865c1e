import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("An SQLiteDatabase", .timeLimit(.minutes(1))) struct DatabaseLifeTests {
    let scratch = try! Scratch()

    @Test("that can't be opened says why when it is warmed up")
    func badPath() async throws {
        let path = scratch.path("no/such/folder/app.db")
        let database = try SQLiteDatabase(
            SQLite(path: path), configuration: PoolConfiguration(outagePolicy: .failAfter(.milliseconds(1))))
        let error = await #expect(throws: PoolError.self) { try await database.warmUp(timeout: .seconds(30)) }
        #expect(error?.code == .connectFailed)
        #expect(error.map { "\($0)".contains("'\(path)'") } == true, "\(String(describing: error))")
        #expect((error?.lastConnectError as? SQLError)?.kind == .cannotOpen)
        await database.shutdown()
    }

    @Test("opens the writer and a reader when it is warmed up")
    func warmUp() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.warmUp()
            #expect(database.writer.statistics.total == 1)
            #expect(database.readers.statistics.total == 1)
        }
    }

    @Test("works before it is warmed up, for many at once and with no file yet", arguments: 0..<10)
    func cold(round: Int) async throws {
        try await withDatabase(SQLite(path: scratch.path(), execution: round % 2 == 0 ? .executor : .inline)) {
            database async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await database.write { handle in
                            try await handle.execute("CREATE TABLE IF NOT EXISTS t(v)")
                            try await handle.execute("INSERT INTO t VALUES(\(number))")
                        }
                    }
                    group.addTask {
                        let answer = try await database.read { try await $0.int("SELECT 42") }
                        #expect(answer == 42)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.int("SELECT count(DISTINCT v) FROM t") == 16)
        }
    }

    @Test("leaves its file and nothing else when it is shut down, and everything in it", arguments: 0..<20)
    func shutdown(round: Int) async throws {
        let driver = SQLite(path: scratch.path(), execution: round % 2 == 0 ? .executor : .inline)
        try await withDatabase(driver) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask { try await database.execute("INSERT INTO t VALUES(\(number))") }
                    group.addTask { _ = try await database.read { try await $0.int("SELECT count(*) FROM t") } }
                }
                try await group.waitForAll()
            }
            try await database.checkpoint()
        }
        #expect(try scratch.files() == ["test.db"])
        #expect(try scratch.descriptors() == [])
        try await driver.lending { handle, _ async throws in
            #expect(try await handle.int("SELECT count(*) FROM t") == 16)
        }
    }

    @Test("refuses everything once it is shut down, and may be shut down again")
    func refuses() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            await database.settled()
            #expect(await database.shutdown().isClean)
            #expect(try await code { try await database.write { _ in } } == .shutDown)
            #expect(try await code { try await database.read { _ in } } == .shutDown)
            #expect(try await code { try await database.query("SELECT 1") } == .shutDown)
            #expect(try await code { try await database.batch(["DELETE FROM t"]) } == .shutDown)
            #expect(try await code { try await database.checkpoint() } == .shutDown)
        }
    }

    @Test("waits for the loans when it is shut down, and tells which ones it had to end")
    func forced() async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()))
        try await database.execute("CREATE TABLE t(v)")
        try await database.warmUp()
        let calls = Calls(on: database.writer.driver.executor)
        let before = calls.count
        let running = Task {
            try await database.write { handle in
                try await handle.execute("INSERT INTO t VALUES(1)")
                _ = try await handle.query(endless)
            }
        }
        await calls.reach(before + 3)
        let report = await database.shutdown(within: .milliseconds(50))
        #expect(!report.isClean)
        #expect(report.writer.loansForced == 1)
        #expect(report.readers.loansForced == 0)
        #expect(try await kind { try await running.value } == .interrupted)
    }

    @Test("fails closed when its file is taken away, and makes no other one (F47)", arguments: FileExchange.allCases)
    func deleted(exchange: FileExchange) async throws {
        let file = try await Exchangeable(exchange)
        // Who finds that nothing can be opened any more waits for this long.
        let configuration = PoolConfiguration(acquireTimeout: .seconds(1))
        try await withDatabase(SQLite(path: file.path), configuration: configuration) { database async throws in
            try await database.execute("INSERT INTO t VALUES(1)")
            #expect(try await database.int("SELECT count(*) FROM t") == 1)
            let existed = exchange == .replaced || exchange == .linkTurned
            try file.take()
            #expect(try await kind { try await database.execute("INSERT INTO t VALUES(2)") } == .fileReplaced)
            // The writer has told the others by now: they open nothing, and what is open notices within a second.
            var found: String?
            while found == nil {
                do { _ = try await database.query("SELECT 1") } catch { found = "\(error)" }
            }
            #expect(found?.contains("'\(file.path)'") == true, "\(found ?? "")")
            await #expect(throws: (any Error).self) { try await database.write { _ in } }
            await #expect(throws: (any Error).self) { try await database.checkpoint() }
            #expect(file.exists(file.path) == existed)
        }
        if exchange != .deleted {
            try file.putBack()
            #expect(try await file.rows(file.path) == 1)
        }
    }

    @Test("that is let go of without a shutdown closes what it had open")
    func dropped() async throws {
        for _ in 0..<5 {
            var database: SQLiteDatabase? = try SQLiteDatabase(SQLite(path: scratch.path()))
            try await database?.execute("CREATE TABLE IF NOT EXISTS t(v)")
            _ = try await database?.query("SELECT * FROM t")
            try await database?.checkpoint()
            #expect(try scratch.descriptors().count > 3)
            weak let trace = database
            database = nil
            #expect(trace == nil)
            while try !scratch.descriptors().isEmpty { await Task.yield() }
        }
    }

    @Test("runs as a service until it is cancelled")
    func service() async throws {
        let database = try SQLiteDatabase(SQLite(path: scratch.path()))
        let running = Task { try await database.run() }
        try await database.execute("CREATE TABLE t(v)")
        running.cancel()
        try await running.value
        #expect(try await code { try await database.query("SELECT 1") } == .shutDown)
        while try !scratch.descriptors().isEmpty { await Task.yield() }
    }
}
