import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A stranger's connection to the file of an SQLiteDatabase", .timeLimit(.minutes(1)))
struct DatabaseNeighbourTests {
    let scratch = try! Scratch()

    @Test("that writes is waited for", arguments: SQLite.Execution.allCases)
    func writes(execution: SQLite.Execution) async throws {
        let driver = SQLite(path: scratch.path(), busyTimeout: .seconds(50), execution: execution)
        try await withDatabase(driver) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await SQLite(path: scratch.path()).lending { stranger, _ async throws in
                try await stranger.execute("BEGIN IMMEDIATE")
                try await stranger.execute("INSERT INTO t VALUES(1)")
                async let written: Void = database.write { _ = try await $0.execute("INSERT INTO t VALUES(2)") }
                // How long it holds the lock; nobody waits for this to have passed.
                try await Task.sleep(for: .milliseconds(300))
                #expect(try await database.int("SELECT count(*) FROM t") == 0)
                try await stranger.execute("COMMIT")
                try await written
                #expect(try await stranger.int("SELECT sum(v) FROM t") == 3)
            }
        }
    }

    @Test("that writes or reads while a checkpoint is made comes to no harm, nor does the checkpoint fail")
    func checkpoints() async throws {
        try await withDatabase(SQLite(path: scratch.path())) { database async throws in
            try await database.execute("CREATE TABLE t(v)")
            try await SQLite(path: scratch.path()).lending { stranger, _ async throws in
                for isWriting in [true, false] {
                    try await database.execute("INSERT INTO t VALUES(0)")
                    try await stranger.execute(isWriting ? "BEGIN IMMEDIATE" : "BEGIN")
                    _ = try await stranger.query("SELECT * FROM t")
                    if isWriting { try await stranger.execute("INSERT INTO t VALUES(1)") }
                    for mode in SQLiteCheckpoint.Mode.allCases { _ = try await database.checkpoint(mode) }
                    #expect(try await !database.checkpoint(.truncate).isComplete)
                    try await stranger.execute("COMMIT")
                    #expect(try await database.checkpoint(.truncate).isComplete)
                }
                #expect(try await stranger.int("SELECT count(*) FROM t") == 3)
                #expect(try await stranger.query("PRAGMA integrity_check")[0].decode(String.self) == "ok")
            }
        }
    }

    @Test("that writes all the time meets no error and causes none, with a checkpoint every few commits")
    func load() async throws {
        try await withDatabase(SQLite(path: scratch.path()), checkpointing: .init(pages: 10, limit: 40)) {
            database async throws in
            try await MixedLoad.makeTables(database)
            try await SQLite(path: scratch.path()).lending { stranger, _ async throws in
                let isOver = after(.seconds(1))
                async let load = MixedLoad.run(
                    on: database, in: scratch, readers: 4, writers: 2, home: nil, until: isOver)
                var own = 0
                while !isOver() {
                    try await stranger.transaction { handle async throws in
                        try await handle.execute("INSERT INTO entries(writer) VALUES(-1)")
                        try await handle.execute("UPDATE total SET n = n + 1")
                    }
                    own += 1
                }
                let result = await load
                #expect(result.errors == [])
                #expect(own > 0)
                let rows = try await database.int("SELECT count(*) FROM entries")
                #expect(rows == own + result.commits.reduce(0, +))
                #expect(database.checkpointFailure == nil, "\(String(describing: database.checkpointFailure))")
                #expect(try await stranger.query("PRAGMA integrity_check")[0].decode(String.self) == "ok")
            }
        }
    }
}
