internal import Foundation
internal import GRDB

/// The database of the benchmark: made once, copied for each run, and checked after it.
final class Dataset: Sendable {
    static let rows = 100_000

    let sqliteVersion: String
    private let folder: URL
    private var template: String { folder.appendingPathComponent("template.db").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("mixed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.appendingPathComponent("template.db").path)
        sqliteVersion = try queue.read { try String.fetchOne($0, sql: "SELECT sqlite_version()") } ?? ""
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, value INTEGER NOT NULL);
                    CREATE TABLE log (id INTEGER PRIMARY KEY, writer INTEGER NOT NULL, sequence INTEGER NOT NULL);
                    INSERT INTO items
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT \(Self.rows))
                    SELECT i, 'item number ' || i, 0 FROM n
                    """)
        }
        try queue.close()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A fresh copy that is on the disk already, so that no run pays for it; gone when `body` has ended.
    func withCopy<R>(_ body: (_ path: String) async throws -> R) async throws -> R {
        let copy = folder.appendingPathComponent("run.db")
        try FileManager.default.copyItem(atPath: template, toPath: copy.path)
        defer {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy.path + suffix) }
        }
        let file = try FileHandle(forUpdating: copy)
        try file.synchronize()
        try file.close()
        return try await body(copy.path)
    }

    /// Whether the file holds exactly the commits that were acknowledged, each once. Its contestant has been closed.
    /// - Parameter acknowledged: by the number of the writer.
    static func check(path: String, acknowledged: [Int]) throws -> Commits {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM log") ?? 0
            let updates = try Int.fetchOne(database, sql: "SELECT sum(value) FROM items") ?? 0
            var commits = Commits(acknowledged: acknowledged.reduce(0, +), rows: rows)
            for (writer, count) in acknowledged.enumerated() {
                let sequences = try Int.fetchAll(
                    database, sql: "SELECT sequence FROM log WHERE writer = ? ORDER BY sequence", arguments: [writer])
                // One after the other from 0 on: a commit that was lost doesn't make up for another that was doubled.
                if sequences != Array(0..<count) {
                    commits.problems.append(
                        "writer \(writer) was told of \(count) commits, \(sequences.count) rows of it are there, and of "
                            + "its sequence \(Set(0..<count).subtracting(sequences).count) numbers are missing")
                }
            }
            if updates != rows { commits.problems.append("\(rows) rows were inserted, but \(updates) updates made") }
            let integrity = try String.fetchOne(database, sql: "PRAGMA integrity_check") ?? "no answer"
            if integrity != "ok" { commits.problems.append("the file is damaged: \(integrity)") }
            return commits
        }
    }
}

/// What writers were told, and what is there.
struct Commits: Codable, Sendable {
    var acknowledged: Int
    var rows: Int
    /// Sentences; none if all is well.
    var problems: [String] = []
}
