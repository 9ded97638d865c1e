internal import PoolingCore
internal import PoolingSQL
internal import PoolingTestKit
internal import Testing

/// Statements whose answer is lost (F18).
package enum LostAnswers<Driver: TestedDriver> {
    /// Runs `body` with a table of one counter, a pool of one connection behind a proxy, and an observer.
    private static func counting(
        _ name: String, _ body: (ProxiedServer<Driver>, Pool<Driver>, Observer<Driver>) async throws -> Void
    ) async throws {
        let (line, observer) = (try await Driver.proxied(name), try Observer<Driver>())
        try await observer.execute("DROP TABLE IF EXISTS \(unsafe: "lost_\(name)")")
        try await observer.execute("CREATE TABLE \(unsafe: "lost_\(name)") AS SELECT 0 AS n")
        let pool = try Pool(
            line.driver, configuration: PoolConfiguration(max: 1, backoff: Backoff(initial: .milliseconds(1))))
        try await body(line, pool, observer)
        await pool.shutdown()
        line.proxy.stop()
        try await observer.execute("DROP TABLE \(unsafe: "lost_\(name)")")
        await observer.end()
    }

    /// The statement arrives, and its answer is dropped.
    package static func executed() async throws {
        try await counting("answer") { (line, pool, observer) in
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

    /// The statement, or the beginning of its answer, arrives up to any of its bytes.
    package static func cut() async throws {
        try await counting("request") { (line, pool, observer) in
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
