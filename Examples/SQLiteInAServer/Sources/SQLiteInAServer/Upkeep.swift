import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver

enum Upkeep {
    static func run(on database: SQLiteDatabase) async throws {
        try await backup(database)
        try await checkpoint(database)
        statistics(database)
    }

    private static func backup(_ database: SQLiteDatabase) async throws {
        let backup = try await database.backup(to: "backup.db") { remaining, total in
            if remaining == 0 { print("\(total) pages copied") }
        }
        let size = try FileManager.default.attributesOfItem(atPath: "backup.db")[.size] as? Int
        try expect(backup.bytes == size, "the backup is complete, checked and in its place")
    }

    private static func checkpoint(_ database: SQLiteDatabase) async throws {
        let checkpoint = try await database.checkpoint(.truncate)
        print("the log has \(checkpoint.pages) pages, \(checkpoint.moved) are in the file")
        if let failure = database.checkpointFailure { print("the last one in the background failed: \(failure)") }
        try expect(checkpoint.isComplete, "nobody reads, so that the log is emptied")
    }

    private static func statistics(_ database: SQLiteDatabase) {
        let (readers, writer) = (database.readers.statistics, database.writer.statistics)
        print("\(readers.leased) of \(readers.max) readers on loan, \(writer.waiting) writers wait")
    }
}
