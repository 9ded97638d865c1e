import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("A writer that is held for the log's sake", .timeLimit(.minutes(2))) struct HeldWriterTests {
    let scratch = try! Scratch()

    @Test("is let go of when the database is shut down")
    func shutdown() async throws {
        let driver = SQLite(path: scratch.path())
        let database = try SQLiteDatabase(
            driver, readers: 1, checkpointing: .init(pages: 5, limit: 10, patience: .seconds(60)))
        try await database.execute("CREATE TABLE t(v)")
        try await driver.lending { reader, _ async throws in
            _ = try await reader.beginTransaction(.readOnly)
            _ = try await reader.query("SELECT * FROM t")
            // The log is looked after in the background, which may come to run late.
            var isHeld = false
            let limit = ContinuousClock.now + .seconds(30)
            while !isHeld, ContinuousClock.now < limit {
                isHeld =
                    try await code {
                        try await database.execute(
                            "INSERT INTO t VALUES(zeroblob(5000))", timeout: .milliseconds(200))
                    } == .acquireTimedOut
            }
            #expect(isHeld)
            #expect(await database.shutdown(within: .seconds(10)).isClean)
            await reader.rollBackTransaction(depth: 1)
        }
    }
}
