import PoolingCore
import PoolingSQL
import Synchronization
import Testing

@testable import SQLiteDriver

@Suite("Who listens for changes", .timeLimit(.minutes(1))) struct ChangesTests {
    let scratch = try! Scratch()

    func listening(_ body: (SQLiteDatabase) async throws -> Void) async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.batch(["CREATE TABLE Users(v)", "CREATE TABLE orders(v)", "CREATE TABLE other(v)"])
            try await body(database)
        }
    }

    @Test("is told from the moment of asking, not of the first look")
    func early() async throws {
        try await listening { database async throws in
            let changes = database.changes()
            try await database.execute("INSERT INTO Users VALUES(1)")
            var news = changes.makeAsyncIterator()
            #expect(await news.next() == SQLiteChange(tables: ["Users"]))
        }
    }

    @Test("slowly is told of several commits at once")
    func coalesced() async throws {
        try await listening { database async throws in
            var news = database.changes().makeAsyncIterator()
            for table in ["Users", "orders", "Users"] {
                try await database.execute("INSERT INTO \(identifier: table) VALUES(1)")
            }
            try await database.execute("CREATE TABLE late(v)")
            #expect(await news.next() == SQLiteChange(tables: ["Users", "orders"], schema: true))
            try await database.execute("INSERT INTO other VALUES(1)")
            #expect(await news.next() == SQLiteChange(tables: ["other"]))
        }
    }

    @Test("to some tables, in whatever case, is told of them and of the schema only")
    func filtered() async throws {
        try await listening { database async throws in
            var news = database.changes(in: ["USERS", "Orders"]).makeAsyncIterator()
            for table in ["Users", "orders"] {
                try await database.execute("INSERT INTO other VALUES(1)")
                try await database.execute("INSERT INTO \(identifier: table) VALUES(1)")
                #expect(await news.next() == SQLiteChange(tables: [table]))
            }
            try await database.execute("CREATE TABLE late(v)")
            #expect(await news.next() == SQLiteChange(schema: true))
            var nothing = database.changes(in: []).makeAsyncIterator()
            try await database.execute("INSERT INTO Users VALUES(1)")
            try await database.execute("DROP TABLE late")
            #expect(await nothing.next()?.schema == true)
        }
    }

    @Test("is told whatever others are told")
    func two() async throws {
        try await listening { database async throws in
            var first = database.changes().makeAsyncIterator()
            var second = database.changes().makeAsyncIterator()
            try await database.execute("INSERT INTO Users VALUES(1)")
            #expect(await first.next()?.tables == ["Users"])
            try await database.execute("INSERT INTO orders VALUES(1)")
            #expect(await second.next()?.tables == ["Users", "orders"])
            #expect(await first.next()?.tables == ["orders"])
        }
    }

    @Test("while it commits loses nothing, with others that come and go")
    func race() async throws {
        try await listening { database async throws in
            let goal = 400
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    let changes = database.changes(in: ["users"])
                    group.addTask {
                        for await change in changes {
                            #expect(change.tables == ["Users"])
                            if try await database.int("SELECT count(*) FROM Users") == goal { break }
                        }
                        #expect(try await database.int("SELECT count(*) FROM Users") == goal)
                    }
                }
                group.addTask {
                    for number in 0..<goal { try await database.execute("INSERT INTO Users VALUES(\(number))") }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<2000 {
                            _ = database.changes()
                            await Task.yield()
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("is told that it is over by shutdown, after what is still to be told")
    func shutdown() async throws {
        try await listening { database async throws in
            let waiting = database.changes(in: ["other"])
            let end = Task {
                for await _ in waiting { Issue.record("told of a change that was not made") }
            }
            var news = database.changes().makeAsyncIterator()
            try await database.execute("INSERT INTO Users VALUES(1)")
            await database.settled()
            await database.shutdown()
            await end.value
            #expect(await news.next()?.tables == ["Users"])
            #expect(await news.next() == nil)
            var late = database.changes().makeAsyncIterator()
            #expect(await late.next() == nil)
        }
    }

    @Test("is told that it is over when the database is let go of")
    func dropped() async throws {
        var database: SQLiteDatabase? = try SQLiteDatabase(SQLite(path: scratch.path()))
        try await database?.execute("CREATE TABLE t(v)")
        let changes = try #require(database?.changes())
        let end = Task {
            var count = 0
            for await _ in changes { count += 1 }
            return count
        }
        database = nil
        #expect(await end.value == 0)
    }

    @Test("no longer waits when its task is cancelled, and may ask again", arguments: 0..<20)
    func cancelled(round: Int) async throws {
        try await listening { database async throws in
            let changes = database.changes()
            let waiting = Task {
                var news = changes.makeAsyncIterator()
                return await news.next()
            }
            // Before, while or after it begins to wait.
            for _ in 0..<round { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value == nil)
            try await database.execute("INSERT INTO Users VALUES(1)")
            var news = changes.makeAsyncIterator()
            #expect(await news.next()?.tables == ["Users"])
        }
    }

    @Test("and goes away costs nothing afterwards")
    func gone() throws {
        let hub = SQLiteChanges.Hub()
        let ends = Mutex(0)
        weak var trace: SQLiteChanges.Subscription?
        for _ in 0..<100 {
            let subscription = hub.subscribe(to: nil)
            trace = subscription
            hub.tell(SQLiteChange(tables: ["t"]))
        }
        #expect(trace == nil)
        for _ in 0..<100 {
            _ = SQLiteChanges.Subscription(tables: nil) { ends.withLock { $0 += 1 } }
        }
        #expect(ends.withLock { $0 } == 100)
        #expect(!hub.mayHaveListeners)
    }

    @Test("in two tasks at once: the news is told once, and none of them waits for ever")
    func twoTasks() async throws {
        let hub = SQLiteChanges.Hub()
        let subscription = hub.subscribe(to: nil)
        let readers = (0..<2).map { _ in Task { await subscription.next() } }
        hub.tell(SQLiteChange(tables: ["t"]))
        hub.end()
        var told: [SQLiteChange] = []
        for reader in readers { if let change = await reader.value { told.append(change) } }
        #expect(told == [SQLiteChange(tables: ["t"])])
    }
}
