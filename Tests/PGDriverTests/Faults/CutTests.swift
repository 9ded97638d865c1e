import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A line that is cut or slow", .timeLimit(.minutes(3)))
struct CutTests {
    private let question: SQLQuery = "SELECT x, 'row ' || x FROM generate_series(1, \(9)) x"

    /// A connection on loan, whose statement is prepared already, and nothing of which is on its way.
    private func warm<R: Sendable>(
        _ line: ProxiedServer, _ body: (PGHandle, PGConnection) async throws -> R
    ) async throws -> R {
        try await line.driver.lending { (handle, connection) async throws -> R in
            _ = try await handle.query(question)
            let result = try await body(handle, connection)
            line.proxy.change { $0.toClient.cutAfter = nil }
            return result
        }
    }

    @Test("F21: an answer that is cut after any of its bytes is an error, and the connection is not used again")
    func answer() async throws {
        let line = try ProxiedServer("cut-answer")
        let (question, driver) = (question, line.driver)
        let without = try await line.answered { try await warm(line) { (_, _) async throws -> Void in } }
        let with = try await line.answered {
            try await warm(line) { (handle, _) async throws -> Void in _ = try await handle.query(question) }
        }
        let length = with - without
        try #require(length > 100 && length < 1000)
        for place in 0..<length {
            try await warm(line) { (handle, connection) async throws -> Void in
                line.proxy.change { $0.toClient.cutAfter = place }
                let error = try await sqlError { try await handle.query(question) }
                #expect(error?.kind == .mayHaveExecuted, "cut at byte \(place): \(error as Any)")
                #expect(driver.condition(of: connection) == .broken)
                let next = try await sqlError { try await handle.query("SELECT 1") }
                #expect(next?.kind == .connectionLost)
            }
        }
        // With all of its bytes it is whole.
        try await warm(line) { (handle, _) async throws -> Void in
            line.proxy.change { $0.toClient.cutAfter = length }
            #expect(try await handle.query(question).count == 9)
        }
        line.proxy.stop()
    }

    @Test("F21: a stream that is cut after any of its bytes ends with an error, and never as if it were whole")
    func stream() async throws {
        let line = try ProxiedServer("cut-stream")
        let question = question
        for place in stride(from: 0, to: 320, by: 3) {
            try await warm(line) { (handle, _) async throws -> Void in
                line.proxy.change { $0.toClient.cutAfter = place }
                var next = 1
                let error = try await sqlError {
                    for try await row in try await handle.stream(question) {
                        #expect(try row.decode(0, as: Int.self) == next)
                        next += 1
                    }
                }
                let isWhole = error == nil && next == 10
                let isCut = error?.kind == .mayHaveExecuted
                #expect(isWhole || isCut, "cut at byte \(place): \(next - 1) rows and \(error as Any)")
                // A row takes more than 20 bytes.
                if place < 180 { #expect(isCut, "cut at byte \(place)") }
            }
        }
        line.proxy.stop()
    }

    @Test("F21: a login that is cut after any of its bytes is an error with the place, and leaves nothing behind")
    func login() async throws {
        let (line, observer) = (try ProxiedServer("cut-login"), try Observer())
        let driver = line.driver
        let length = try await line.answered { await driver.close(try await driver.connect()) }
        try #require(length > 200 && length < 2000)
        for place in stride(from: 0, to: length, by: 2) {
            line.proxy.change { $0.toClient.cutAfter = place }
            let error = try await sqlError { await driver.close(try await driver.connect()) }
            #expect(error?.kind == .cannotOpen, "cut at byte \(place): \(error as Any)")
            #expect(error?.message.contains("127.0.0.1:\(line.proxy.port)") == true, "\(error as Any)")
        }
        line.proxy.change { $0.toClient.cutAfter = nil }
        #expect(try await line.areGone(observer))
        line.proxy.stop()
        await observer.end()
    }

    @Test("F21: bytes that come one by one make the same answers as those that come at once")
    func sliced() async throws {
        let line = try ProxiedServer("sliced")
        line.proxy.change { faults in
            faults.toServer.largestPiece = 1
            faults.toClient.largestPiece = 1
            faults.toClient.latency = .milliseconds(1)
        }
        var answers: [[String]] = []
        for driver in [Server.driver, line.driver] {
            answers.append(
                try await driver.lending { (handle, connection) async throws -> [String] in
                    var told: [String] = []
                    told.append(try await handle.text("SELECT repeat('é', \(5000)::int)"))
                    told.append(
                        "\(try await handle.query("SELECT \(1.5), \(true), NULL, '{1,NULL,3}'::int[], now()::date"))")
                    told.append("\(try await sqlError { try await handle.query("SELECT 1 / \(0)") } as Any)")
                    try await handle.execute("CREATE TEMP TABLE t(a int PRIMARY KEY)")
                    told.append("\(try await handle.batch((0..<20).map { "INSERT INTO t VALUES (\($0))" }))")
                    for try await row in try await handle.stream("SELECT a, repeat('x', a) FROM t ORDER BY a") {
                        told.append("\(row)")
                    }
                    #expect(driver.condition(of: connection) != .broken)
                    return told
                })
        }
        #expect(answers[0] == answers[1] && answers[0].count == 24)
        line.proxy.stop()
    }

    @Test("F21: a server that sends faster than the borrower reads is held back, not kept in memory")
    func slowReader() async throws {
        let line = try ProxiedServer("slow-reader")
        line.proxy.change { $0.toClient.largestPiece = 4096 }
        try await line.driver.lending { (handle, _) async throws -> Void in
            let before = try residentBytes()
            var (count, most) = (0, 0)
            for try await _ in try await handle.stream("SELECT x, repeat('y', 1000) FROM generate_series(1, 60000) x") {
                count += 1
                if count % 1000 == 0 { most = max(most, try residentBytes() - before) }
            }
            // 60 MB went by. The proxy itself may keep 8 MiB of them.
            #expect(count == 60_000 && most < 40 << 20, "grown by \(most >> 10) KiB")
        }
        line.proxy.stop()
    }
}
