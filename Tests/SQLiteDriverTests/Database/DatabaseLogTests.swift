import Dispatch
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("The log of an SQLiteDatabase", .serialized, .timeLimit(.minutes(2))) struct DatabaseLogTests {
    let scratch = try! Scratch()

    @Test("stays bounded under constant reading and writing (F45)", arguments: SQLite.Execution.allCases)
    func bounded(execution: SQLite.Execution) async throws {
        // At twice the limit the writer empties the log. The rest is for reads that have no turn to end in the time for
        // which writers are held off: each time lets half of the limit pass.
        let (limit, bound, goal) = (400, 1600, 24000)
        try await withDatabase(
            SQLite(path: scratch.path(), execution: execution), readers: 2,
            checkpointing: .init(pages: 100, limit: limit)
        ) { database async throws in
            try await MixedLoad.makeTables(database)
            var (written, longest) = (0, 0)
            // Not on the threads that all other tests share.
            let home = execution == .inline ? BlockingExecutor(name: "log-test") : nil
            while written < goal {
                let load = await MixedLoad.run(
                    on: database, in: scratch, readers: 8, writers: 2, home: home, until: after(.milliseconds(300)))
                try #require(load.errors == [])
                // Each commit changes a page of each table at least.
                written += load.commits.reduce(0, +) * 2
                longest = max(longest, load.longestLog / frame)
            }
            print("log \(execution): \(longest) pages of limit \(limit), more than \(written) were written")
            #expect(longest < bound)
        }
    }

    @Test("is never longer than twice the limit and one write, even if the background has no turn at all (F45)")
    func starved() async throws {
        let limit = 20
        // Where the background works.
        let executor = BlockingExecutor(name: "starved", threads: 1)
        try await withDatabase(
            SQLite(path: scratch.path(), execution: .inline, executor: executor),
            checkpointing: .init(pages: 10, limit: limit)
        ) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await database.warmUp()
            let (isBusy, end) = (Latch(), DispatchSemaphore(value: 0))
            async let busy: Void = executor.run {
                isBusy.open()
                end.wait()
            }
            await isBusy.wait()
            defer { end.signal() }
            var longest = 0
            for _ in 1...100 {
                try await database.execute("INSERT INTO t VALUES(zeroblob(20000))")
                longest = max(longest, scratch.logSize() / frame)
            }
            end.signal()
            try await busy
            #expect(longest > limit && longest <= 2 * limit + 10, "\(longest) pages")
            #expect(database.checkpointFailure == nil)
        }
    }

    @Test("grows while one read goes on for long, does not hold the writers off for it, and is cut back afterwards")
    func longRead() async throws {
        let limit = 200
        try await withDatabase(
            SQLite(path: scratch.path()),
            checkpointing: .init(pages: 100, limit: limit, patience: .milliseconds(100))
        ) { database async throws in
            try await MixedLoad.makeTables(database)
            // Other tests use the same cores, and that only ever makes it slower: the best of three tells.
            var slowest = Duration.seconds(60)
            for _ in 0..<3 where slowest > .seconds(1) {
                slowest = try await write(database, beside: .seconds(2), limit)
            }
            // Without an end to its patience the checkpointer would hold them off for those 2 s.
            #expect(slowest <= .seconds(1))
        }
    }

    /// Writes while one read goes on for so long, and until the log is cut back afterwards.
    /// - Returns: the longest wait of a writer.
    func write(_ database: SQLiteDatabase, beside span: Duration, _ limit: Int) async throws -> Duration {
        let isSpanOver = after(span)
        let end = Latch()
        async let load = MixedLoad.run(
            on: database, in: scratch, readers: 2, writers: 4, home: nil, until: { end.isOpen })
        let grown = try await database.read { handle in
            let before = try await handle.int("SELECT n FROM total")
            // Stays on if the machine is busy, so that there is something to be seen.
            while !isSpanOver() || scratch.logSize() < 3 * limit * frame {
                #expect(try await handle.int("SELECT n FROM total") == before)
                try await Task.sleep(for: .milliseconds(20))
            }
            end.open()
            return scratch.logSize() / frame
        }
        var commits = 0
        while scratch.logSize() > limit * frame, commits < 5000 {
            try await database.execute("UPDATE total SET n = n + 1")
            commits += 1
        }
        let result = await load
        #expect(result.errors == [])
        #expect(scratch.logSize() <= limit * frame)
        print(
            "long read: log \(grown) pages, slowest write \(result.slowestWrite), "
                + "\(result.commits.reduce(0, +)) commits, cut back after \(commits)")
        return result.slowestWrite
    }

    @Test("is moved into the file by hand, as far as readers let it")
    func byHand() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await database.read { handle in
                _ = try await handle.query("SELECT * FROM t")
                try await database.execute("INSERT INTO t VALUES(1)")
                #expect(try await !database.checkpoint().isComplete)
                #expect(try await !database.checkpoint(.truncate).isComplete)
                #expect(scratch.logSize() > 0)
            }
            for mode in SQLiteCheckpoint.Mode.allCases {
                try await database.execute("INSERT INTO t VALUES(1)")
                let result = try await database.checkpoint(mode)
                #expect(result.isComplete && result.pages == result.moved, "\(result)")
            }
            #expect(scratch.logSize() == 0)
            #expect(try await database.int("SELECT count(*) FROM t") == 4)
        }
    }
}
