import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver

/// A hundred tasks share at most ten connections to one SQLite file for three seconds. Some of them are cancelled at
/// random moments. Afterwards the books must balance: every acquire, every row, every connection, every open file.
@main
struct QuickStart {
    static func main() async {
        do {
            let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
                .appending(path: "quickstart-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }

            let audit = try await run(database: folder.appending(path: "app.db").path)
            audit.print()
            if audit.failures.isEmpty { return }
        } catch {
            print("QuickStart failed: \(error)")
        }
        exit(1)
    }

    static func run(database: String) async throws -> Audit {
        let filesBefore = openFiles(of: database)

        let pool = try Pool(SQLite(path: database), configuration: .init(min: 2, max: 10))
        try await pool.warmUp()
        try await Workload.createTable(in: pool)
        let before = pool.statistics

        let (ledger, snapshots) = await Workload.run(on: pool, tasks: 100, for: .seconds(3))

        let after = pool.statistics
        let rows = try await Workload.storedIDs(in: pool)
        let report = await pool.shutdown(within: .seconds(5))

        var audit = Audit()
        audit.check(ledger)
        audit.check(rows, against: ledger)
        audit.check(snapshots)
        audit.check(before, after, acquires: ledger.acquires)
        audit.check(report, closed: pool.statistics)
        audit.check(filesBefore: filesBefore, after: openFiles(of: database))
        return audit
    }
}
