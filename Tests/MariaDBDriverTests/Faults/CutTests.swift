import MariaDBDriver
import PoolingCore
import PoolingSQL
import PoolingTestKit
import TestServers
import Testing

@Suite("A line to MariaDB that is cut or slow", .timeLimit(.minutes(3)))
struct CutTests {
    @Test("F21: an answer that is cut after any of its bytes is an error, and the connection is not used again")
    func answer() async throws { try await CutLines<MariaDB>.answer() }

    @Test("F21: a stream that is cut after any of its bytes ends with an error, and never as if it were whole")
    func stream() async throws { try await CutLines<MariaDB>.stream() }

    @Test("F21: a login that is cut after any of its bytes is an error with the place, and leaves nothing behind")
    func login() async throws { try await CutLines<MariaDB>.login() }

    @Test("F21: bytes that come one by one make the same answers as those that come at once")
    func sliced() async throws {
        let line = try await ProxiedServer("sliced")
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
                    told.append(try await handle.text("SELECT REPEAT('é', \(5000))"))
                    told.append("\(try await handle.query("SELECT \(1.5), \(true), NULL, 2.50, CURDATE()"))")
                    told.append("\(try await sqlError { try await handle.query("SELECT * FROM nowhere") } as Any)")
                    try await handle.execute("CREATE TEMPORARY TABLE t(a INT PRIMARY KEY)")
                    told.append("\(try await handle.batch((0..<20).map { "INSERT INTO t VALUES (\($0))" }))")
                    for try await row in try await handle.stream("SELECT a, REPEAT('x', a) FROM t ORDER BY a") {
                        told.append("\(row)")
                    }
                    #expect(driver.condition(of: connection) != .broken)
                    return told
                })
        }
        #expect(answers[0] == answers[1] && answers[0].count == 24)
        line.proxy.stop()
    }
}
