import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A statement whose answer is lost", .timeLimit(.minutes(2)))
struct LostAnswerTests {
    /// Runs `body` with a table of one counter, a pool of one connection behind a proxy, and an observer.
    private func counting(
        _ name: String, _ body: (ProxiedServer, Pool<Postgres>, Observer, SQLQuery) async throws -> Void
    ) async throws {
        let (line, observer) = (try ProxiedServer(name), try Observer())
        let table = SQLQuery(unsafe: "lost_\(name)")
        _ = try await observer.int("DROP TABLE IF EXISTS \(unsafe: "lost_\(name)")")
        _ = try await observer.int("CREATE TABLE \(unsafe: "lost_\(name)") AS SELECT 0 AS n")
        let pool = try Pool(
            line.driver, configuration: PoolConfiguration(max: 1, backoff: Backoff(initial: .milliseconds(1))))
        try await body(line, pool, observer, table)
        await pool.shutdown()
        line.proxy.stop()
        _ = try await observer.int("DROP TABLE \(unsafe: "lost_\(name)")")
        await observer.end()
    }

    @Test("F18: has been executed once, its error says that it may have been, and nobody sends it again")
    func executed() async throws {
        try await counting("answer") { (line, pool, observer, _) in
            for round in 1...50 {
                // Prepared, so that only the statement itself is on the line.
                let sum = "SELECT n FROM lost_answer" as SQLQuery
                try await pool.execute("UPDATE lost_answer SET n = n + \(0)")
                line.proxy.change { $0.toClient.isHeld = true }
                let task = Task { try await pool.execute("UPDATE lost_answer SET n = n + \(1)") }
                #expect(try await eventually { try await observer.int(sum) == round })
                line.proxy.resetConnections()
                line.proxy.change { $0.toClient.isHeld = false }
                let error = try await sqlError { try await task.value }
                #expect(error?.kind == .mayHaveExecuted, "\(error as Any)")
                #expect(try await line.areGone(observer))
                #expect(try await observer.int(sum) == round)
            }
            #expect(pool.statistics.closed(.discarded) + pool.statistics.closed(.broken) == 50)
        }
    }

    @Test("F18: or part of which is lost, has been executed once or not at all, wherever the line is cut")
    func cut() async throws {
        try await counting("request") { (line, pool, observer, _) in
            var (executed, not) = (0, 0)
            let sum = "SELECT n FROM lost_request" as SQLQuery
            try await pool.execute("UPDATE lost_request SET n = n + \(0)")
            let before = line.proxy.counters.bytesToServer
            try await pool.execute("UPDATE lost_request SET n = n + \(0)")
            let length = line.proxy.counters.bytesToServer - before
            try #require(length > 20 && length < 400)
            for place in 0...length {
                let count = try await observer.int(sum)
                try await pool.execute("UPDATE lost_request SET n = n + \(0)")
                // The last round loses the answer's first byte instead.
                line.proxy.change { faults in
                    if place < length { faults.toServer.cutAfter = place } else { faults.toClient.cutAfter = 0 }
                }
                let error = try await sqlError { try await pool.execute("UPDATE lost_request SET n = n + \(1)") }
                #expect(error?.kind == .mayHaveExecuted, "at byte \(place): \(error as Any)")
                line.proxy.change { faults in
                    faults.toServer.cutAfter = nil
                    faults.toClient.cutAfter = nil
                }
                #expect(try await line.areGone(observer))
                switch try await observer.int(sum) - count {
                case 0: not += 1
                case 1: executed += 1
                case let more: Issue.record("executed \(more) times when it was cut at byte \(place)")
                }
            }
            #expect(executed >= 1 && not >= length / 2, "\(executed) executed, \(not) not")
        }
    }
}
