import PGDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A line that is cut or slow", .timeLimit(.minutes(3)))
struct CutTests {
    @Test("F21: an answer that is cut after any of its bytes is an error, and the connection is not used again")
    func answer() async throws { try await CutLines<Postgres>.answer() }

    @Test("F21: a stream that is cut after any of its bytes ends with an error, and never as if it were whole")
    func stream() async throws { try await CutLines<Postgres>.stream() }

    @Test("F21: a login that is cut after any of its bytes is an error with the place, and leaves nothing behind")
    func login() async throws { try await CutLines<Postgres>.login() }

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
