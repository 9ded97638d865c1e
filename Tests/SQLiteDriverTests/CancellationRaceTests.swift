import Foundation
import PoolingCore
import PoolingSQL
import SQLiteDriver
import Synchronization
import Testing

/// Statements that are cancelled at random moments, and a ledger of what each of them was told. `POOLING_RACES` in the
/// environment sets how many.
@Suite("Cancellation that races completion", .timeLimit(.minutes(10)), .serialized) struct CancellationRaceTests {
    let scratch = try! Scratch()
    static let races = ProcessInfo.processInfo.environment["POOLING_RACES"].flatMap { Int($0) } ?? 100_000

    @Test("never fails the next statement, and neither loses nor doubles a row (F43)")
    func oneConnection() async throws {
        let calls = Calls()
        let ledger = Ledger()
        // Nothing here is to survive a power cut, and a race is not won by waiting for a disk.
        let driver = SQLite(path: scratch.path(), synchronous: .off, executor: calls.executor)
        try await driver.lending { handle, _ async throws in
            try await handle.execute(Ledger.table)
            for number in 0..<Self.races {
                let work = Work.of(number)
                let before = calls.count
                let executor = number % 2 == 0 ? nil : calls.executor
                await ledger.race(number, work, executor: executor, begun: { await calls.reach(before + 1) }) {
                    try await work.run(number, on: handle)
                }
                // Long enough to be asked whether it is cancelled, where the one before was not made.
                if number % 16 < 2 {
                    let other = number % 2 == 0 ? calls.executor : nil
                    let answer = try await Task(executorPreference: other) { try await handle.int(slowly) }.value
                    #expect(answer == 300, "after number \(number)")
                }
                #expect(try await handle.int("SELECT 42") == 42, "after number \(number)")
            }
            try await ledger.audit(handle, rounds: Self.races)
        }
        #expect(calls.strays == 0)
    }

    @Test("harms no other borrower of a pool, and neither loses nor doubles a row (F43)")
    func pool() async throws {
        let calls = Calls()
        let ledger = Ledger()
        let rounds = Self.races / 5
        let borrowers = 6
        let pool = try Pool(
            SQLite(path: scratch.path(), synchronous: .off, busyTimeout: .seconds(60), executor: calls.executor),
            configuration: PoolConfiguration(max: 3))
        try await pool.execute(Ledger.table)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for borrower in 0..<borrowers {
                group.addTask {
                    for number in stride(from: borrower, to: rounds, by: borrowers) {
                        let work = Work.of(number / borrowers)
                        await ledger.race(number, work, executor: nil, begun: {}) {
                            try await pool.withConnection { try await work.run(number, on: $0) }
                        }
                        let answer = try await pool.query(slowly)[0].decode(Int.self)
                        #expect(answer == 300, "after number \(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await pool.withConnection { try await ledger.audit($0, rounds: rounds) }
        #expect(pool.statistics.connected <= 3)
        #expect(await pool.shutdown().isClean)
        #expect(calls.strays == 0)
    }

    @Test("comes too late once a statement has taken effect: what throws CancellationError has had none (F43)")
    func late() async throws {
        let ledger = Ledger()
        try await SQLite(path: scratch.path(), synchronous: .off).lending { handle, _ async throws in
            try await handle.execute(Ledger.table)
            // SQLite asks whether to stop after so many steps, counted over all executions of a statement, and once
            // more at its very end: among so many short ones, some are asked only when all is done.
            for number in 0..<3000 {
                let running = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await handle.execute("INSERT INTO entries VALUES(\(number))")
                }
                ledger.note(number, .short, await running.result)
            }
            for number in 3000..<6000 {
                let running = Task {
                    try await handle.transaction { handle async throws in
                        try await handle.execute("INSERT INTO entries VALUES(\(number))")
                        withUnsafeCurrentTask { $0?.cancel() }
                    }
                }
                ledger.note(number, .short, await running.result)
            }
            for number in 6000..<9000 {
                let running = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await handle.execute("BEGIN IMMEDIATE TRANSACTION")
                }
                let outcome = await running.result
                if case .success = outcome { try await handle.execute("ROLLBACK") }
                // Had it begun nonetheless, this would be a part of that transaction, and undone with it.
                let next = await Task {
                    try await handle.transaction { _ = try await $0.execute("INSERT INTO entries VALUES(\(number))") }
                }.result
                ledger.note(number, .short, next)
                if (try? await handle.execute("ROLLBACK")) != nil { Issue.record("a transaction was left open") }
            }
            try await ledger.settle(handle, rounds: 9000)
        }
    }
}

/// 300, after a few thousand steps.
private let slowly: SQLQuery =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 300) SELECT max(x) FROM c"

/// What is cancelled.
private enum Work: Int, CaseIterable, Sendable {
    /// Too short to be asked.
    case short
    /// Asked a few times.
    case long
    /// Two rows that belong together.
    case transaction

    static func of(_ number: Int) -> Work { allCases[number % allCases.count] }

    /// How many rows there are if it was acknowledged.
    var rows: Int { self == .transaction ? 2 : 1 }

    nonisolated(nonsending) func run(_ number: Int, on handle: SQLiteHandle) async throws {
        switch self {
        case .short: try await handle.execute("INSERT INTO entries VALUES(\(number))")
        case .long: try await Self.insertSlowly(number, handle)
        case .transaction:
            try await handle.transaction { handle in
                try await handle.execute("INSERT INTO entries VALUES(\(number))")
                try await Self.insertSlowly(number, handle)
            }
        }
    }

    private nonisolated(nonsending) static func insertSlowly(_ number: Int, _ handle: SQLiteHandle) async throws {
        try await handle.execute("INSERT INTO entries SELECT \(number) WHERE 300 = (\(slowly))")
    }
}

/// What each number's operation was told, to be compared with what the table holds.
private final class Ledger: Sendable {
    /// No constraint: a row that is there twice is to be seen.
    static let table: SQLQuery = "CREATE TABLE entries(number INTEGER NOT NULL)"

    private struct Account {
        var expected: [Int: Int] = [:]
        var interrupted: [Work: Int] = [:]
        var acknowledged: [Work: Int] = [:]
    }
    private let account = Mutex(Account())
    private let spun = Atomic<Int>(0)

    /// Runs `operation` as a task and cancels it: one in eight at once, one in eight when it is over, and the others
    /// after a while that is drawn so that every order of magnitude comes up as often, on a machine of any speed. Half of
    /// these are known to have begun.
    func race(
        _ number: Int, _ work: Work, executor: (any TaskExecutor)?, begun: () async -> Void,
        _ operation: sending @escaping () async throws -> Void
    ) async {
        let running = Task(executorPreference: executor) { try await operation() }
        let draw = Int.random(in: 0..<8)
        if draw == 1 { _ = await running.result }
        if draw > 1 {
            if draw > 4 { await begun() }
            for _ in 0..<(1 << Int.random(in: 0...14)) { spun.add(1, ordering: .relaxed) }
        }
        running.cancel()
        note(number, work, await running.result)
    }

    func note<R>(_ number: Int, _ work: Work, _ outcome: Result<R, any Error>) {
        account.withLock { account in
            switch outcome {
            case .success:
                account.expected[number] = work.rows
                account.acknowledged[work, default: 0] += 1
            case .failure(is CancellationError):
                account.expected[number] = 0
                account.interrupted[work, default: 0] += 1
            case .failure(let error):
                Issue.record("number \(number), \(work): \(error)")
            }
        }
    }

    /// Compares, number by number.
    nonisolated(nonsending) func settle(_ handle: SQLiteHandle, rounds: Int) async throws {
        var found = Array(repeating: 0, count: rounds)
        for row in try await handle.query("SELECT number, count(*) FROM entries GROUP BY number") {
            let (number, count) = try row.decode((Int, Int).self)
            found[number] = count
        }
        let expected = account.withLock { $0.expected }
        #expect(expected.count == rounds)
        let wrong = (0..<rounds).filter { found[$0] != expected[$0] }
        let examples = wrong.prefix(5).map {
            "number \($0) has \(found[$0]) rows instead of \(expected[$0] ?? -1)"
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(rounds): \(examples.joined(separator: ", "))")
    }

    /// Compares, and demands that there were races: of what can be stopped, a part was and a part was not.
    nonisolated(nonsending) func audit(_ handle: SQLiteHandle, rounds: Int) async throws {
        try await settle(handle, rounds: rounds)
        let (interrupted, acknowledged) = account.withLock { ($0.interrupted, $0.acknowledged) }
        for work in [Work.long, .transaction] {
            let share = rounds / Work.allCases.count / 20
            #expect(interrupted[work, default: 0] > share, "too few were stopped: \(work) in \(interrupted)")
            #expect(acknowledged[work, default: 0] > share, "too few came through: \(work) in \(acknowledged)")
        }
    }
}
