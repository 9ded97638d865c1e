import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

/// A database for the time of `body`; shut down afterwards, which must find nothing that has to be forced.
func withDatabase<R: Sendable>(
    _ driver: SQLite, readers: Int = 4, configuration: PoolConfiguration = PoolConfiguration(),
    checkpointing: SQLiteDatabase.Checkpointing = .init(), observers: [any PoolObserver] = [],
    _ body: (SQLiteDatabase) async throws -> R
) async throws -> R {
    let database = try SQLiteDatabase(
        driver, readers: readers, configuration: configuration, checkpointing: checkpointing, observers: observers)
    let result: Result<R, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    await database.settled()
    let report = await database.shutdown()
    #expect(report.isClean, "\(report)")
    return try result.get()
}

extension SQLiteDatabase {
    func int(_ query: SQLQuery) async throws -> Int {
        try await self.query(query).first.map { try $0.decode(0, as: Int.self) } ?? -1
    }

    /// Returns when nothing is being opened, checked or reset. A shutdown cancels that, and gives it 100 ms to end, which
    /// can be too little on a machine that is busy with other tests.
    func settled() async {
        while isBusy(writer.statistics) || isBusy(readers.statistics) { await Task.yield() }
    }

    private func isBusy(_ pool: PoolStatistics) -> Bool { pool.connecting + pool.checking + pool.resetting > 0 }

    /// Returns when so many wait for the writer.
    func writersWaiting(_ count: Int) async {
        while writer.statistics.waiting < count { await Task.yield() }
    }

    func readersWaiting(_ count: Int) async {
        while readers.statistics.waiting < count { await Task.yield() }
    }
}

/// Why connections were closed, for the message of a test that expects none to be.
final class Endings: PoolObserver, CustomStringConvertible {
    private let events = Mutex<[String]>([])
    var description: String { events.withLock { $0.joined(separator: "; ") } }

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        switch event {
        case .closed, .connectFailed, .abandoned, .reset, .validated: events.withLock { $0.append("\(event)") }
        default: break
        }
    }
}

extension Scratch {
    /// Bytes of the write-ahead log; 0 if there is none.
    func logSize(_ name: String = "test.db") -> Int {
        var status = stat()
        return stat(path(name + "-wal"), &status) == 0 ? Int(status.st_size) : 0
    }

    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    /// What this process has open in this folder.
    func descriptors() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }.filter { $0.hasPrefix(folder) }
    }
}

/// Bytes that a page takes in the log.
let frame = 4096 + 24

/// Shut until it is opened, once.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
