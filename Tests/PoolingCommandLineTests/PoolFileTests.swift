import Foundation
import TestServers
import Testing

@testable import PoolingCommandLine

@Suite("Pools of a file at the command line", .serialized)
struct PoolFileTests {
    private let quick = [
        "--duration", "100ms", "--warmup", "0s", "--clients", "2", "--executor", "default", "--mode", "pooled",
        "--workload", "acquire",
    ]

    /// A folder with `pools.yaml` in it.
    private func folder(_ text: String) throws -> TestFolder {
        let folder = try TestFolder()
        try text.write(toFile: folder.path("pools.yaml"), atomically: true, encoding: .utf8)
        return folder
    }

    private let two = """
        defaults: {max: 6}
        pools:
          main: {url: 'sqlite:app.db', min: 1, validation: always}
          reports: {url: 'sqlite:app.db?pool_max=3'}
        """

    private func runs(_ result: Tool.Result) throws -> [BenchReport.Run] {
        try JSONDecoder().decode(BenchReport.self, from: Data(result.out.utf8)).runs
    }

    @Test("each is measured by its name, with its own sizes, and options are over them")
    func bench() async throws {
        let folder = try folder(two)
        let all = ["bench", "--config", "pools.yaml", "--format", "json"] + quick
        let own = try await Tool.run(all, in: folder)
        #expect(own.code == 0, "\(own.err)")
        #expect(try runs(own).map(\.pool) == ["main", "reports"])
        #expect(try runs(own).map(\.min) == [1, 0] && runs(own).map(\.max) == [6, 3])
        let over = try await Tool.run(all + ["--pool", "reports", "--min", "2", "--max", "4"], in: folder)
        #expect(try runs(over).map(\.pool) == ["reports"] && runs(over).map(\.max) == [4] && runs(over)[0].min == 2)
        let besides = try await Tool.run(all + ["--pool", "main", "--url", "sqlite:other.db"], in: folder)
        #expect(try runs(besides).map(\.pool) == ["main", nil] && runs(besides).map(\.max) == [6, 8])
        let text = try await Tool.run(["bench", "--config", "pools.yaml"] + quick, in: folder)
        #expect(text.out.contains("\n\nmain: sqlite 3.") && text.out.contains("\nreports: sqlite 3."), "\(text.out)")
    }

    @Test("all that is set for them counts: where only one may wait, the others are refused")
    func settings() async throws {
        let folder = try folder("pools: {main: {url: 'sqlite:app.db', max: 1, maxWaiters: 1}}")
        let arguments = [
            "bench", "--config", "pools.yaml", "--clients", "16", "--duration", "500ms", "--warmup", "0s", "--mode",
            "pooled", "--workload", "insert",
        ]
        let result = try await Tool.run(arguments, in: folder)
        #expect(result.code == 1 && result.err.contains("operations of insert"), "\(result.err)")
        #expect(result.err.contains("pool 'main' refused to wait because its queue is full"), "\(result.err)")
    }

    @Test("a scenario is played with the settings of the file")
    func scenario() async throws {
        let folder = try folder(two)
        let result = try await Tool.run(
            ["bench", "--config", "pools.yaml", "--pool", "main", "--scenario", "spike", "--clients", "5"]
                + ["--workload", "acquire", "--format", "json"], in: folder)
        #expect(result.code == 0, "\(result.err)")
        let spike = try #require(
            try JSONDecoder().decode(BenchReport.self, from: Data(result.out.utf8)).spikes?.first)
        #expect(spike.pool == "main" && spike.min == 1 && spike.max == 6 && spike.errors == 0)
    }

    @Test("one of them can be simulated, with options over it")
    func simulate() async throws {
        let folder = try folder(two)
        let arguments = ["simulate", "--rate", "50", "--duration", "2s", "--config", "pools.yaml", "--format", "json"]
        let own = try await Tool.run(arguments + ["--pool", "main"], in: folder)
        #expect(own.code == 0, "\(own.err)")
        let report = try JSONDecoder().decode(SimulateReport.self, from: Data(own.out.utf8))
        #expect(report.pool == "main" && report.runs.map(\.min) == [1] && report.runs.map(\.max) == [6])
        // Each acquire validates, and no request is served at once.
        #expect(report.runs[0].servedAtOnce == 0 && report.runs[0].served > 0)
        let over = try await Tool.run(arguments + ["--pool", "main", "--min", "0", "--max", "2,4"], in: folder)
        let sweep = try JSONDecoder().decode(SimulateReport.self, from: Data(over.out.utf8))
        #expect(sweep.runs.map(\.min) == [0, 0] && sweep.runs.map(\.max) == [2, 4])
        let both = try await Tool.run(arguments, in: folder)
        #expect(both.code == 2 && both.err.contains("--config has main, reports: say which with --pool"), "\(both.err)")
    }

    @Test(
        "their mistakes are told alike by every command that reads them",
        arguments: [["bench"], ["check"], ["simulate", "--rate", "10"]])
    func mistakes(_ command: [String]) async throws {
        let folder = try folder("pools: {main: {url: 'sqlite:app.db', maxx: 4}}")
        let bad = try await Tool.run(command + ["--config", "pools.yaml"], in: folder)
        #expect(bad.code == 2 && bad.out.isEmpty)
        #expect(bad.err.hasPrefix("Error: --config pools.yaml:\n"), "\(bad.err)")
        #expect(bad.err.contains("pools.main.maxx is not known; did you mean max?"), "\(bad.err)")
        try two.write(toFile: folder.path("pools.yaml"), atomically: true, encoding: .utf8)
        let unknown = try await Tool.run(command + ["--config", "pools.yaml", "--pool", "mian"], in: folder)
        #expect(unknown.code == 2 && unknown.out.isEmpty)
        #expect(
            unknown.err.contains("--pool mian: --config pools.yaml has no such pool; did you mean main? it has main"),
            "\(unknown.err)")
        let none = try await Tool.run(command + ["--pool", "main", "--config", "none.yaml"], in: folder)
        #expect(none.code == 2 && none.err.contains("none.yaml"), "\(none.err)")
        let twice = try await Tool.run(command + ["--config", "pools.yaml", "--config", "other.yaml"], in: folder)
        #expect(twice.code == 2 && twice.err.contains("--config is given 2 times"), "\(twice.err)")
        let empty = try await Tool.run(command + ["--config", ""], in: folder)
        #expect(empty.code == 2 && empty.err == "Error: --config is empty: name a file\n", "\(empty.err)")
        let lone = try await Tool.run(command + ["--pool", "main"], in: folder)
        #expect(lone.code == 2 && lone.err.contains("--pool main: there is no --config"), "\(lone.err)")
    }

    @Test("a password in a file beside the URL of a unix socket is taken by check and bench, and never shown")
    func socketAndPasswordFile() async throws {
        let postgres = try await PostgresServer.shared
        let mariadb = try MariaDBServer.shared
        let folder = try folder(
            """
            pools:
              postgres:
                url: 'postgres:///app?host=\(postgres.socketFolder)&port=\(postgres.port)&user=\(PostgresServer.user)'
                password: {file: postgres.secret}
              mariadb:
                url: 'mariadb://\(MariaDBServer.user)@/app?socket=\(mariadb.socket)'
                password: {file: mariadb.secret}
              loopback:
                url: 'postgres://\(PostgresServer.user)@127.0.0.1:\(postgres.port)/app?sslmode=disable'
                password: {env: POOLING_TEST_SECRET}
            """)
        for (file, text) in [("postgres", PostgresServer.password), ("mariadb", MariaDBServer.password)] {
            try text.write(toFile: folder.path("\(file).secret"), atomically: true, encoding: .utf8)
        }
        let environment = ["POOLING_TEST_SECRET": PostgresServer.password]
        let check = try await Tool.run(["check", "--config", "pools.yaml"], environment: environment, in: folder)
        #expect(check.code == 0, "\(check.err)")
        for name in ["postgres: postgres", "mariadb: mariadb", "loopback: postgres"] {
            #expect(check.out.contains(name), "\(check.out)")
        }
        let bench = try await Tool.run(
            ["bench", "--config", "pools.yaml", "--format", "json"] + quick, environment: environment, in: folder)
        #expect(bench.code == 0, "\(bench.err)")
        #expect(try runs(bench).map(\.pool) == ["postgres", "mariadb", "loopback"])
        for secret in [PostgresServer.password, MariaDBServer.password] {
            #expect(!(check.out + bench.out).contains(secret))
        }
        try "wrong-canary".write(toFile: folder.path("postgres.secret"), atomically: true, encoding: .utf8)
        let wrong = try await Tool.run(
            ["check", "--config", "pools.yaml", "--pool", "postgres"], environment: environment, in: folder)
        #expect(wrong.code == 3 && !(wrong.out + wrong.err).contains("wrong-canary"), "\(wrong.err)")
    }
}
