import Foundation
import PoolingCore
import TestServers
import Testing

@testable import PoolingCommandLine

@Suite("The executable: check", .serialized)
struct CheckTests {
    private func decode(_ result: Tool.Result) throws -> CheckReport {
        try JSONDecoder().decode(CheckReport.self, from: Data(result.out.utf8))
    }

    private func postgres(_ parameters: String) async throws -> String {
        let server = try await PostgresServer.shared
        return "postgres://\(PostgresServer.user):\(PostgresServer.password)@127.0.0.1:\(server.port)/app"
            + "?sslmode=disable&\(parameters)"
    }

    private func mariadb(_ parameters: String) async throws -> String {
        let server = try MariaDBServer.shared
        return "mariadb://\(MariaDBServer.user):\(MariaDBServer.password)@127.0.0.1:\(server.port)/app"
            + "?sslmode=disable&\(parameters)"
    }

    /// In another journal mode than the driver's own.
    private func makeDatabase(_ path: String) async throws {
        let made = try await Tool.run([
            "bench", "--url", "sqlite:\(path)?journal_mode=delete", "--duration", "50ms", "--warmup", "0s", "--clients",
            "1",
            "--mode", "dedicated", "--executor", "default",
        ])
        #expect(made.code == 0, "\(made.err)")
    }

    @Test("a database that is not there is not made")
    func missing() async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(["check", "--url", "sqlite:\(folder.path("none.db"))"])
        #expect(result.code == 3 && result.err.contains("there is no such file"), "\(result.err)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test("a URL that is typed without its option is not repeated with its password")
    func bareURL() async throws {
        for command in ["check", "bench", "drivers"] {
            let result = try await Tool.run([command, "postgres://app:hush-canary@db/x"])
            #expect(result.code == 2 && !result.err.contains("hush-canary"), "\(result.err)")
        }
        let keywords = try await Tool.run(["check", "--url", "host=db user=app password=hush-canary"])
        #expect(keywords.code == 2 && !keywords.err.contains("hush-canary"), "\(keywords.err)")
    }

    @Test("asks three backends for their limits, and measures what they cost")
    func backends() async throws {
        let folder = try TestFolder()
        try await makeDatabase(folder.path("app.db"))
        let result = try await Tool.run([
            "check", "--format", "json", "--url", try await postgres("pool_min=1&pool_max=4"), "--url",
            try await mariadb("pool_max=3"), "--url", "sqlite:\(folder.path("app.db"))",
        ])
        #expect(result.code == 0, "\(result.err)")
        let report = try decode(result)
        #expect(report.schema == 1 && report.pools.map(\.driver) == ["postgres", "mariadb", "sqlite"])
        #expect(report.pools.map(\.max) == [4, 3, 10] && report.pools[0].min == 1)
        let backends = try report.pools.map { try #require($0.backend) }
        #expect(backends.allSatisfy { !$0.version.isEmpty && $0.connect > 0 && $0.validate > 0 && $0.acquire > 0 })
        #expect(backends[0].maxConnections.map { $0 > 4 } == true && backends[0].reservedConnections == 3)
        #expect(backends[0].connectionsInUse.map { $0 >= 1 } == true)
        #expect(backends[1].maxConnections.map { $0 > 3 } == true && backends[1].idleTimeout.map { $0 > 0 } == true)
        #expect(backends[1].maxPreparedStatements.map { $0 > 0 } == true)
        #expect(
            backends[2].maxConnections == nil && backends[2].settings["journal"] == "delete",
            "it is looked at and not changed")
        for secret in [PostgresServer.password, MariaDBServer.password] { #expect(!result.out.contains(secret)) }
    }

    @Test("more connections than the server has room for are wrong, with the sum, and say so to scripts")
    func tooMany() async throws {
        let result = try await Tool.run([
            "check", "--instances", "1000", "--url", try await postgres("pool_max=40"), "--url",
            try await postgres("pool_max=20"),
        ])
        #expect(result.code == 1)
        #expect(
            result.out.contains("wrong       1000 instances × 60 are 60000, and the server has room for"),
            "\(result.out)")
        #expect(result.err.hasPrefix("Error: 1000 instances × 60 are 60000"), "\(result.err)")
    }

    @Test("a backend that is not there is told with the cause, and those that are there are told, too")
    func unreachable() async throws {
        let folder = try TestFolder()
        try await makeDatabase(folder.path("app.db"))
        let result = try await Tool.run([
            "check", "--url", "postgres://u:hush-canary@127.0.0.1:1/x", "--url", "sqlite:\(folder.path("app.db"))",
        ])
        #expect(result.code == 3)
        #expect(result.out.contains("reach       no: no server accepts connections on 127.0.0.1:1"), "\(result.out)")
        #expect(result.out.contains("reach       yes, 3."))
        #expect(!(result.out + result.err).contains("hush-canary"))
    }

    @Test("a file is checked without connecting, and each of its mistakes is told with its place")
    func dryRun() async throws {
        let folder = try TestFolder()
        let file = folder.path("pools.yaml")
        let text = """
            pools:
              main:
                url: postgres://app@nowhere.invalid/app
                password: {file: \(folder.path("secret"))}
                max: 4
              cache:
                url: sqlite:\(folder.path("cache.db"))?pool_min=1
            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try "hush-canary".write(toFile: folder.path("secret"), atomically: true, encoding: .utf8)
        let good = try await Tool.run(["check", "--config", file, "--dry-run"])
        #expect(good.code == 0, "\(good.err)")
        #expect(good.out.contains("main: postgres") && good.out.contains("cache: sqlite"))
        #expect(good.out.contains("nothing was connected to") && !good.out.contains("hush-canary"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("cache.db")))

        try text.replacingOccurrences(of: "max: 4", with: "maxx: 4").write(
            toFile: file, atomically: true, encoding: .utf8)
        let bad = try await Tool.run(["check", "--config", file, "--dry-run"])
        #expect(bad.code == 2 && bad.out.isEmpty)
        #expect(bad.err.contains("pools.main.maxx is not known; did you mean max?"), "\(bad.err)")
    }

    @Test(
        "names the option that makes no sense",
        arguments: [
            ([], "--url or --config is missing"), (["--url", "oracle:x"], "--url oracle:x: no driver has this scheme"),
            (["--url", "sqlite:/tmp/a.db?pool_maxx=3"], "did you mean pool_max"),
            (["--url", "sqlite:/tmp/a.db?pool_min=5&pool_max=3"], "min"),
            (["--url", "sqlite:x", "--instances", "0"], "--instances 0: must be from 1"),
            (["--config", "/nowhere/pools.yaml"], "/nowhere/pools.yaml"),
        ] as [([String], String)])
    func mistakes(_ arguments: [String], _ message: String) async throws {
        let result = try await Tool.run(["check"] + arguments)
        #expect(result.code == 2 && result.out.isEmpty, "\(result.out)")
        #expect(result.err.contains(message), "\(result.err)")
    }

    // MARK: Advice

    private func advice(
        _ configuration: PoolConfiguration = .init(min: 1), together: Int = 10, instances: Int = 1,
        connect: Duration = .milliseconds(1), _ facts: (inout BackendFacts) -> Void
    ) -> [Advice] {
        var checkup = Checkup()
        checkup.facts.encryption = "TLS"
        checkup.connect = connect.nanoseconds
        facts(&checkup.facts)
        return Advice.all(configuration, checkup, instances: instances, together: together)
    }

    @Test("nothing is said where there is nothing to say")
    func silence() {
        #expect(advice { _ in }.isEmpty)
        #expect(advice { ($0.maxConnections, $0.reservedConnections, $0.connectionsInUse) = (100, 3, 20) }.isEmpty)
        #expect(advice { ($0.isRemote, $0.encryption) = (false, nil) }.isEmpty)
        #expect(advice { $0.idleTimeout = .seconds(600) }.isEmpty, "keepAliveInterval of two minutes prevents it")
        #expect(advice { $0.maxPreparedStatements = 16_382 }.isEmpty)
    }

    @Test("what is wrong or risky is said, with the figures")
    func figures() {
        let many = advice(together: 30, instances: 4) { ($0.maxConnections, $0.reservedConnections) = (100, 3) }
        #expect(many.map(\.weight) == [.wrong] && many[0].text.contains("take max 24"))
        let others = advice(together: 24, instances: 4) { ($0.maxConnections, $0.connectionsInUse) = (100, 50) }
        #expect(others.map(\.weight) == [.risky] && others[0].text.contains("of which others use 49"))
        let idle = advice { $0.idleTimeout = .seconds(60) }
        #expect(idle.map(\.weight) == [.risky] && idle[0].text.contains("idle for 60 s"))
        let plain = advice { $0.encryption = nil }
        #expect(plain.map(\.weight) == [.risky])
        let statements = advice(together: 100, instances: 10) { $0.maxPreparedStatements = 16_382 }
        #expect(statements.map(\.weight) == [.risky] && statements[0].text.contains("16 for each"))
        let slow = advice(.init(), connect: .milliseconds(40)) { _ in }
        #expect(slow.map(\.weight) == [.hint])
        let late = advice(connect: .seconds(6)) { _ in }
        #expect(late.map(\.weight) == [.risky] && late[0].text.contains("connectTimeout"))
    }
}
