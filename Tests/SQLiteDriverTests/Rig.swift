import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

/// A folder of its own for the files of one test.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String = "test.db") -> String { folder + "/" + name }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    func read(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path(name)))) }
}

extension LoanID {
    static let first = LoanID(slot: 1, sequence: 1)
    static let second = LoanID(slot: 1, sequence: 2)
}

extension SQLite {
    /// A connection on loan for the time of `body`; taken back and closed afterwards.
    @discardableResult func lending<R: Sendable>(
        _ body: (SQLiteHandle, SQLiteConnection) async throws -> R
    ) async throws -> R {
        let connection = try await connect()
        let result: Result<R, any Error>
        do {
            result = .success(try await body(lend(connection, loan: .first), connection))
        } catch {
            result = .failure(error)
        }
        reclaim(connection, loan: .first)
        await close(connection)
        return try result.get()
    }

    func close(_ connection: SQLiteConnection) async {
        await close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }
}

extension SQLConnection {
    func int(_ query: SQLQuery) async throws -> Int {
        try await self.query(query).first.map { try $0.decode(0, as: Int.self) } ?? -1
    }
}

/// The kind of the `SQLError` that `body` throws; nil if it throws none.
func kind<R>(of body: () async throws -> R) async throws -> SQLError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch let error as SQLError {
        return error.kind
    }
}

/// The code of the `PoolError` that `body` throws; nil if it throws none.
func code<R>(of body: () async throws -> R) async throws -> PoolError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as PoolError {
        return error.code
    }
}

/// A query that runs until it is stopped.
let endless: SQLQuery = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

/// The calls into SQLite that belong on one executor, as the driver's probe tells them: what tests wait for instead of
/// sleeping.
final class Calls: Sendable {
    let executor: BlockingExecutor
    private struct State {
        var count = 0
        var strays = 0
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    convenience init(threads: Int = 4) { self.init(on: BlockingExecutor(name: "test", threads: threads)) }

    init(on executor: BlockingExecutor) {
        self.executor = executor
        Self.all.withLock { $0[ObjectIdentifier(executor)] = self }
        SQLiteCallProbe.observer.withLock { $0 = .init { Self.note($0) } }
    }

    /// How many there were so far.
    var count: Int { state.withLock { $0.count } }
    /// How many of them were made on some other thread.
    var strays: Int { state.withLock { $0.strays } }

    /// Returns when there were so many. Take ``count`` before whatever makes the calls begins.
    func reach(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private static let all = Mutex<[ObjectIdentifier: Calls]>([:])

    private static func note(_ observation: SQLiteCallProbe.Observation) {
        guard let executor = observation.executor else { return }
        all.withLock { $0[ObjectIdentifier(executor)] }?.note(observation.isOnExecutor)
    }

    private func note(_ isOnExecutor: Bool) {
        let ready = state.withLock { state in
            state.count += 1
            if !isOnExecutor { state.strays += 1 }
            let ready = state.waiters.filter { $0.count <= state.count }
            state.waiters.removeAll { $0.count <= state.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }
}

/// What this process keeps in memory.
func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    return try #require(Int(pages)) * 4096
}
