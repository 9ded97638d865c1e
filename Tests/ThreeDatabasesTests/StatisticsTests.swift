import PoolingCore
import PoolingSQL
import Synchronization
import TestServers
import Testing

@Suite("A pool's numbers add up on every database", .timeLimit(.minutes(2)))
struct StatisticsTests {
    private enum Ending { case granted, timedOut, cancelled }

    @Test("after work, errors, cancellations and queues that were too long", arguments: Database.allCases)
    func numbers(_ database: Database) async throws {
        func check(_ driver: some SQLDriver) async throws {
            try await driver.withPool(max: 3) { pool in
                try await pool.withConnection { try await $0.make("three_work", "id BIGINT PRIMARY KEY") }
                let before = pool.statistics
                let endings = try await withThrowingTaskGroup(of: [Ending].self) { group in
                    for client in 0..<12 {
                        group.addTask {
                            var endings: [Ending] = []
                            for round in 0..<40 {
                                let task = Task { try await Self.work(client * 40 + round, on: pool) }
                                if round % 5 == client % 5 { task.cancel() }
                                endings.append(try await task.value)
                            }
                            return endings
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let after = pool.statistics
                let counts = Dictionary(grouping: endings) { $0 }.mapValues { UInt64($0.count) }
                #expect(endings.count == 12 * 40)
                #expect(after.acquired - before.acquired == counts[.granted] ?? 0)
                #expect(after.timedOut - before.timedOut == counts[.timedOut] ?? 0)
                #expect(after.cancelled - before.cancelled == counts[.cancelled] ?? 0)
                #expect(after.acquired == after.released)
                #expect(after.total <= 3)
                try await pool.execute("DROP TABLE three_work")
            }
        }
        try await database.open { try await check($0) }
    }

    private static func work(_ id: Int, on pool: Pool<some SQLDriver>) async throws -> Ending {
        let wasLent = Atomic(false)
        do {
            try await pool.withConnection(timeout: id % 7 == 0 ? .microseconds(100) : .seconds(30)) { connection in
                wasLent.store(true, ordering: .relaxed)
                switch id % 4 {
                case 0: _ = try await connection.query("SELECT \(id)")
                case 1: try await connection.execute("INSERT INTO three_work VALUES (\(id % 20))")
                case 2: try await connection.transaction { _ = try await $0.query("SELECT COUNT(*) FROM three_work") }
                default: for try await _ in try await connection.stream("SELECT * FROM three_work") { break }
                }
            }
        } catch let error as PoolError {
            #expect(error.code == .acquireTimedOut)
            return .timedOut
        } catch is CancellationError {
            return wasLent.load(ordering: .relaxed) ? .granted : .cancelled
        } catch let error as SQLError {
            #expect(error.kind == .uniqueViolation, "\(error)")
        }
        return .granted
    }
}
