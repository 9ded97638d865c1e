import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Testing

@Suite("32 readers and 8 writers at once", .serialized, .timeLimit(.minutes(5))) struct DatabaseLoadTests {
    let scratch = try! Scratch()

    enum Home: String, CaseIterable, CustomTestStringConvertible, Sendable {
        case defaultExecutor = "on the default executor"
        case driversExecutor = "on the driver's executor"
        case inline = "with calls inline"
        var testDescription: String { rawValue }

        /// Where the tasks live. Calls inline are made there: not on the threads that all other tests share.
        func executor(of driver: SQLite) -> BlockingExecutor? {
            switch self {
            case .defaultExecutor: nil
            case .driversExecutor: driver.executor
            case .inline: Self.inlineHome
            }
        }

        private static let inlineHome = BlockingExecutor(name: "load-test")
    }

    /// How long each run takes: short, since other tests run meanwhile. `POOLING_MIXED_SECONDS=30` for a longer look.
    static let span = Duration.seconds(
        ProcessInfo.processInfo.environment["POOLING_MIXED_SECONDS"].flatMap(Double.init) ?? 1.5)

    @Test("meet no error, lose nothing, take turns, and keep the log bounded (F42, F45)", arguments: Home.allCases)
    func mixed(home: Home) async throws {
        let driver = SQLite(path: scratch.path(), execution: home == .inline ? .inline : .executor)
        let limit = SQLiteDatabase.Checkpointing().limit
        try await withDatabase(driver, readers: 4) { database async throws in
            try await MixedLoad.makeTables(database)
            let load = await MixedLoad.run(
                on: database, in: scratch, readers: 32, writers: 8,
                home: home.executor(of: driver), until: after(Self.span))
            let commits = load.commits.reduce(0, +)
            let (fewest, most) = (load.commits.min() ?? 0, load.commits.max() ?? 0)
            print(
                "mixed load \(home.rawValue): \(commits) commits (\(fewest) to \(most) a writer), "
                    + "\(load.reads.reduce(0, +)) reads (\(load.reads.min() ?? 0) to \(load.reads.max() ?? 0) a reader), "
                    + "log at most \(load.longestLog / frame) pages, slowest write \(load.slowestWrite)")
            #expect(load.errors == [])
            #expect(try await database.int("SELECT count(*) FROM entries") == commits)
            #expect(try await database.int("SELECT n FROM total") == commits)
            // At twice the limit the writer empties the log before anything else is written.
            #expect(load.longestLog < 3 * limit * frame)
            #expect(Double(fewest) > 0.5 * Double(most), "commits of each writer: \(load.commits)")
            #expect(load.reads.allSatisfy { $0 > 0 }, "reads of each reader: \(load.reads)")
            #expect(database.checkpointFailure == nil, "\(String(describing: database.checkpointFailure))")
        }
    }
}
