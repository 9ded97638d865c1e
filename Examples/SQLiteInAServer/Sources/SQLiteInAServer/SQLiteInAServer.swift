import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver

/// Every sample of the driver's documentation, against one file in a temporary folder, and a small server at the end.
/// Each says what it found; one that finds something else ends the program with status 1.
@main
struct SQLiteInAServer {
    static func main() async {
        do {
            let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
                .appending(path: "sqlite-in-a-server-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            // So that the samples can say "app.db", as the documentation does.
            guard FileManager.default.changeCurrentDirectoryPath(folder.path) else {
                throw Mismatch(claim: "the temporary folder can be entered")
            }
            try await run()
            return
        } catch {
            print("SQLiteInAServer failed: \(error)")
        }
        exit(1)
    }

    static func run() async throws {
        try await Opening.plainPool()
        try await Opening.settings()
        let database = try await Opening.database()
        try await Opening.migrate(database)

        try await Parameters.run(on: database)
        try await Rows.run(on: database)
        try await Statements.run(on: database)
        try await Transactions.run(on: database)
        try await Blobs.run(on: database)
        try await Functions.run(on: database)
        try await Changes.run(on: database)
        try await Errors.run(on: database)
        try await Upkeep.run(on: database)

        try await Server(database: database).run(clients: 32, requests: 40)

        let report = await database.shutdown(within: .seconds(5))
        try expect(report.isClean, "the shutdown had to force nothing")
        try expect(!FileManager.default.fileExists(atPath: "app.db-wal"), "and the log is in the file")
    }
}
