import Foundation
import PoolingSQL
import Testing

@testable import SQLiteDriver

/// Ways to take a file away from under its connections, and back.
enum FileExchange: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case deleted
    case movedAway = "moved away"
    case replaced = "replaced by another file"
    case folderRenamed = "in a folder that was renamed"
    case linkTurned = "behind a symbolic link that was turned to another file"

    var testDescription: String { rawValue }

    /// What the error calls it.
    var word: String {
        switch self {
        case .deleted, .movedAway, .folderRenamed: "was deleted or moved away"
        case .replaced, .linkTurned: "was replaced"
        }
    }
}

/// A database `app.db` with one table and no row, in a folder of its own, that can be exchanged.
struct Exchangeable {
    let scratch = try! Scratch()
    let exchange: FileExchange
    private let files = FileManager.default

    /// What the pool is given.
    var path: String { scratch.path("folder/app.db") }
    /// Where the old file is after the exchange, if it is anywhere.
    var old: String {
        switch exchange {
        case .deleted, .movedAway, .replaced: scratch.path("folder/old.db")
        case .folderRenamed: scratch.path("old/app.db")
        case .linkTurned: scratch.path("folder/real.db")
        }
    }

    init(_ exchange: FileExchange, mode: SQLite.JournalMode = .wal) async throws {
        self.exchange = exchange
        try files.createDirectory(atPath: scratch.path("folder"), withIntermediateDirectories: true)
        let real = exchange == .linkTurned ? old : path
        try await make(real, mode)
        try await make(scratch.path("other.db"), mode)
        if exchange == .linkTurned { try files.createSymbolicLink(atPath: path, withDestinationPath: real) }
    }

    private func make(_ path: String, _ mode: SQLite.JournalMode) async throws {
        try await SQLite(path: path, journalMode: mode).lending { handle, _ async throws in
            try await handle.execute("CREATE TABLE t(v)")
        }
    }

    func take() throws {
        switch exchange {
        case .deleted: try files.removeItem(atPath: path)
        case .movedAway: try files.moveItem(atPath: path, toPath: old)
        case .replaced:
            try files.linkItem(atPath: path, toPath: old)
            try moveOver(scratch.path("other.db"))
        case .folderRenamed: try files.moveItem(atPath: scratch.path("folder"), toPath: scratch.path("old"))
        case .linkTurned:
            try files.createSymbolicLink(
                atPath: scratch.path("turned"), withDestinationPath: scratch.path("other.db"))
            try moveOver(scratch.path("turned"))
        }
    }

    /// Undoes `take`; not after a deletion.
    func putBack() throws {
        switch exchange {
        case .deleted: throw CocoaError(.fileNoSuchFile)
        case .movedAway, .replaced: try moveOver(old)
        case .folderRenamed: try files.moveItem(atPath: scratch.path("old"), toPath: scratch.path("folder"))
        case .linkTurned:
            try files.createSymbolicLink(atPath: scratch.path("back"), withDestinationPath: old)
            try moveOver(scratch.path("back"))
        }
    }

    private func moveOver(_ source: String) throws {
        guard rename(source, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// Rows of the table in the file at `path`, as a stranger to the pool sees them.
    func rows(_ path: String) async throws -> Int {
        try await SQLite(path: path, createIfMissing: false, journalMode: nil).lending { handle, _ async throws in
            try await handle.int("SELECT count(*) FROM t")
        }
    }

    func exists(_ path: String) -> Bool { files.fileExists(atPath: path) }
}
