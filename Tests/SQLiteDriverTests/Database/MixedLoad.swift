import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization

/// Readers and writers that do nothing else for a while, and what became of them.
struct MixedLoad: Sendable {
    /// Acknowledged commits of each writer, and finished reads of each reader.
    var commits: [Int] = []
    var reads: [Int] = []
    var errors: [String] = []
    /// The most bytes that the log was seen to have.
    var longestLog = 0
    /// The longest that anybody waited for a write.
    var slowestWrite = Duration.zero

    static func makeTables(_ database: SQLiteDatabase) async throws {
        try await database.batch([
            "CREATE TABLE entries(id INTEGER PRIMARY KEY, writer INTEGER, body TEXT)",
            "CREATE TABLE total(n INTEGER)", "INSERT INTO total VALUES(0)",
        ])
    }

    /// - Parameters:
    ///   - home: where the tasks live; nil: on the default executor.
    static func run(
        on database: SQLiteDatabase, in scratch: Scratch, readers: Int, writers: Int, home: (any TaskExecutor)?,
        until isOver: @escaping @Sendable () -> Bool
    ) async -> MixedLoad {
        await withTaskGroup(of: Part.self) { group in
            for number in 0..<writers {
                group.addTask(executorPreference: home) { await write(number, database, scratch, isOver) }
            }
            for _ in 0..<readers { group.addTask(executorPreference: home) { await read(database, isOver) } }
            var load = MixedLoad()
            for await part in group { load.add(part) }
            return load
        }
    }

    private struct Part: Sendable {
        var isWriter: Bool
        var count = 0
        var error: String?
        var longestLog = 0
        var slowest = Duration.zero
    }

    private mutating func add(_ part: Part) {
        if part.isWriter { commits.append(part.count) } else { reads.append(part.count) }
        if let error = part.error { errors.append(error) }
        longestLog = max(longestLog, part.longestLog)
        slowestWrite = max(slowestWrite, part.slowest)
    }

    private static func write(
        _ number: Int, _ database: SQLiteDatabase, _ scratch: Scratch, _ isOver: @Sendable () -> Bool
    ) async -> Part {
        var part = Part(isWriter: true)
        let body = String(repeating: "x", count: 200)
        do {
            while !isOver() {
                let began = ContinuousClock.now
                try await database.write { handle in
                    try await handle.execute("INSERT INTO entries(writer, body) VALUES(\(number), \(body))")
                    try await handle.execute("UPDATE total SET n = n + 1")
                }
                part.slowest = max(part.slowest, .now - began)
                part.count += 1
                part.longestLog = max(part.longestLog, scratch.logSize())
                // Calls inline, with a connection at hand each time, would keep the thread from tasks that have not begun.
                await Task.yield()
            }
        } catch {
            part.error = "writer \(number) after \(part.count) commits: \(error)"
        }
        return part
    }

    /// Two statements that see two moments would not agree.
    private static func read(_ database: SQLiteDatabase, _ isOver: @Sendable () -> Bool) async -> Part {
        var part = Part(isWriter: false)
        do {
            while !isOver() {
                let (entries, total) = try await database.read { handle in
                    (
                        try await handle.int("SELECT coalesce(max(id), 0) FROM entries"),
                        try await handle.int("SELECT n FROM total")
                    )
                }
                if entries != total { part.error = "a read saw \(entries) entries and a total of \(total)" }
                part.count += 1
                await Task.yield()
            }
        } catch {
            part.error = "a reader after \(part.count) reads: \(error)"
        }
        return part
    }
}

/// Over at a moment.
func after(_ duration: Duration) -> @Sendable () -> Bool {
    let end = ContinuousClock.now + duration
    return { ContinuousClock.now >= end }
}
