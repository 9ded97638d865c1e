import Foundation
import PoolingCore
import PoolingSQL
import PoolingTestKit
import SQLiteDriver
import Testing

/// A file, for the kit.
struct SQLiteSubject: ConformanceSubject {
    let folder: Folder
    var execution = SQLite.Execution.executor

    func makeDriver() -> SQLite { SQLite(path: folder.path("a.db"), execution: execution) }

    func use(_ handle: SQLiteHandle) async throws {
        let rows = try await handle.query("SELECT 1 + 1")
        try #require(rows.first?.decode(0, as: Int.self) == 2)
    }

    var longCall: ConformanceCall<SQLite>? {
        { handle in
            _ = try await handle.query(
                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c")
        }
    }

    var litter: ConformanceCall<SQLite>? {
        { handle in
            try await handle.execute("PRAGMA recursive_triggers = 1")
            try await handle.execute("CREATE TEMP TABLE litter(v)")
            try await handle.execute("BEGIN")
        }
    }

    var inspection: ConformanceCall<SQLite>? {
        { handle in
            let triggers = try await handle.query("PRAGMA recursive_triggers").first?.decode(0, as: Int.self)
            try #require(triggers == 0)
            try #require(try await handle.query("SELECT name FROM temp.sqlite_schema").isEmpty)
            // Refused inside of a transaction.
            try await handle.execute("BEGIN")
            try await handle.execute("ROLLBACK")
        }
    }

    /// Descriptors of the file: each connection has one.
    var sessions: (@Sendable () async throws -> Int)? { { [folder] in try folder.descriptors(of: "a.db") } }

    var refused: (@Sendable () async throws -> SQLite)? { { [folder] in SQLite(path: folder.path("none/a.db")) } }
}

/// Goes with the test.
final class Folder: Sendable {
    private let url: URL

    init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("conformance-\(UUID().uuidString)")
        try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func descriptors(of name: String) throws -> Int {
        let path = url.resolvingSymlinksInPath().appendingPathComponent(name).path
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            .filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
            .count
    }
}

@Suite("SQLite keeps the contract of a driver", .serialized) struct SQLiteConformanceTests {
    @Test(
        "on its executor", .timeLimit(.minutes(2)), arguments: DriverConformance(SQLiteSubject(folder: Folder())).checks
    )
    func executor(_ check: DriverCheck) async throws { try await check.run() }

    @Test(
        "inline", .timeLimit(.minutes(2)),
        // A call blocks its caller's thread there: that is what inline means.
        arguments: DriverConformance(SQLiteSubject(folder: Folder(), execution: .inline)).checks.filter {
            !$0.name.hasPrefix("the threads of Swift's pool")
        })
    func inline(_ check: DriverCheck) async throws { try await check.run() }
}
