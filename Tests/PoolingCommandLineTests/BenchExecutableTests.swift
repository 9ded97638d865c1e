import Foundation
import Testing

@testable import PoolingCommandLine

// One at a time: on a busy machine a short run may get no turn at all.
@Suite("The executable: bench", .serialized)
struct BenchExecutableTests {
    private let quick = ["--duration", "200ms", "--warmup", "0s", "--clients", "2"]

    /// A bench that has measured something, however little of the machine it gets: what does nothing in a short time is
    /// given a longer one. What never works does nothing in the longest, either.
    private func bench(_ arguments: [String], until hasMeasured: (Tool.Result) throws -> Bool) async throws
        -> Tool.Result
    {
        for duration in ["200ms", "2s"] {
            let result = try await Tool.run(
                ["bench", "--duration", duration, "--warmup", "0s", "--clients", "2"] + arguments)
            if try result.code != 0 || hasMeasured(result) { return result }
        }
        return try await Tool.run(["bench", "--duration", "10s", "--warmup", "0s", "--clients", "2"] + arguments)
    }

    private func benchToJSON(_ arguments: [String] = []) async throws -> (result: Tool.Result, report: BenchReport) {
        let result = try await bench(["--format", "json"] + arguments) {
            try decode($0).runs.allSatisfy { $0.operations > 0 }
        }
        #expect(result.code == 0, "\(result.err)")
        return (result, try decode(result))
    }

    private func decode(_ result: Tool.Result) throws -> BenchReport {
        try JSONDecoder().decode(BenchReport.self, from: Data(result.out.utf8))
    }

    @Test("prints schema 1 as JSON with every key, and nothing else")
    func json() async throws {
        let (result, report) = try await benchToJSON()
        #expect(result.err.isEmpty)
        #expect(report.schema == 1)
        #expect([0.2, 2, 10].contains(report.durationSeconds))
        // Three modes on two executors.
        #expect(report.runs.count == 6)
        #expect(report.ratios.count == 2)
        #expect(
            report.runs.allSatisfy {
                $0.driver == "sqlite" && $0.operations > 0 && $0.errors == 0 && !$0.server.isEmpty
            })
        #expect(report.ratios.allSatisfy { $0.pooledOverUnpooled != nil && $0.pooledOverDedicated != nil })

        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["schema", "duration_s", "runs", "ratios", "circumstances"])
        let run = try #require((object["runs"] as? [[String: Any]])?.first)
        #expect(
            Set(run.keys) == [
                "driver", "url", "server", "workload", "mode", "executor", "clients", "min", "max", "operations",
                "errors",
                "throughput_per_s", "latency_us", "acquire_us", "connects", "peak_connections", "peak_waiting",
                "operations_per_client", "slices_per_s", "series", "curves", "settings",
            ])
        for key in ["latency_us", "acquire_us"] {
            let distribution = try #require(run[key] as? [String: Any])
            #expect(Set(distribution.keys) == ["mean", "p50", "p95", "p99", "p999", "max"])
        }
        let spread = try #require(run["operations_per_client"] as? [String: Any])
        #expect(Set(spread.keys) == ["min", "max"])
        let ratio = try #require((object["ratios"] as? [[String: Any]])?.first)
        #expect(
            Set(ratio.keys) == [
                "driver", "url", "workload", "executor", "clients", "min", "max", "pooled_over_unpooled",
                "pooled_over_dedicated",
            ])
    }

    @Test("runs every workload in every mode", arguments: Workload.allCases)
    func workloads(_ workload: Workload) async throws {
        let report = try await benchToJSON(["--workload", workload.rawValue]).report
        #expect(report.runs.count == 6)
        #expect(report.runs.allSatisfy { $0.workload == workload.rawValue && $0.operations > 0 && $0.errors == 0 })
    }

    @Test("never opens more connections than --max")
    func peak() async throws {
        let arguments = ["--min", "1", "--max", "3", "--clients", "12", "--mode", "pooled"]
        let result = try await Tool.run(
            ["bench", "--format", "json", "--duration", "200ms", "--warmup", "0s"] + arguments)
        #expect(result.code == 0, "\(result.err)")
        let report = try JSONDecoder().decode(BenchReport.self, from: Data(result.out.utf8))
        #expect(report.runs.allSatisfy { (1...3).contains($0.peakConnections) && $0.min == 1 && $0.max == 3 })
        #expect(report.ratios.isEmpty)
    }

    @Test("recommends a size after a sweep, with the reason, and tries each size with the pool only")
    func sweep() async throws {
        let arguments = ["--min", "0", "--max", "4,1,2", "--executor", "default"]
        let (_, report) = try await benchToJSON(arguments)
        #expect(report.runs.map(\.mode) == ["pooled", "pooled", "pooled", "dedicated", "unpooled"])
        #expect(report.runs.prefix(3).map(\.max) == [1, 2, 4])
        #expect(report.ratios.count == 3)
        let advice = try #require(report.recommendations)
        #expect(advice.count == 1 && advice.allSatisfy { [1, 2, 4].contains($0.max) && $0.share > 0.94 })
        let text = try await Tool.run(["bench"] + quick + arguments)
        #expect(text.out.contains("2 clients on the default executor: take max "), "\(text.out)")
    }

    @Test("lets operations arrive by themselves, and times them from their arrival")
    func arrivals() async throws {
        let arguments = ["--rate", "200", "--executor", "default", "--max", "2"]
        let (_, report) = try await benchToJSON(arguments)
        let run = try #require(report.runs.first)
        #expect(report.runs.count == 1 && run.rate == 200 && run.clients == 0 && run.dropped == 0)
        #expect(run.latency.p50 >= run.acquire.p50)
        #expect(report.ratios.isEmpty && report.recommendations == nil)
    }

    @Test("compares with an earlier report, and refuses what is none")
    func compare() async throws {
        let folder = try TestFolder()
        let file = folder.path("before.json")
        let runs = ["--executor", "default", "--mode", "pooled"]
        let before = try await Tool.run(["bench", "--format", "json", "--output", file] + quick + runs)
        #expect(before.code == 0, "\(before.err)")
        let now = try await Tool.run(["bench", "--compare", file] + quick + runs)
        #expect(now.code == 0 && now.out.contains("against the earlier report, operations/s"), "\(now.out)")
        let other = try await Tool.run(["bench", "--compare", file, "--workload", "acquire"] + quick + runs)
        #expect(other.out.contains("the earlier report has no run with the same settings"))
        try "{}".write(toFile: file, atomically: true, encoding: .utf8)
        for (path, message) in [
            (file, "is not what 'pooling bench --format json' writes"), (folder.path("none"), "there is no such file"),
        ] {
            let refused = try await Tool.run(["bench", "--compare", path])
            #expect(refused.code == 2 && refused.err.contains("--compare \(path): \(message)"), "\(refused.err)")
        }
    }

    @Test("prints a table and what it means in words")
    func text() async throws {
        let result = try await bench([]) { $0.out.contains("times as fast as unpooled") }
        #expect(result.code == 0)
        #expect(result.err.isEmpty)
        for word in [
            "sqlite 3.", "pool of min 2, max 8", "point-select", "operations/s", "p99", "times as fast as unpooled",
        ] {
            #expect(result.out.contains(word), "\(word)")
        }
    }

    @Test("writes into --output instead, and replaces what was there")
    func output() async throws {
        let folder = try TestFolder()
        let file = folder.path("report.json")
        try String(repeating: "old ", count: 100_000).write(toFile: file, atomically: true, encoding: .utf8)
        let result = try await Tool.run(["bench", "--format", "json", "--output", file] + quick)
        #expect(result.code == 0, "\(result.err)")
        #expect(result.out.isEmpty)
        let report = try JSONDecoder().decode(BenchReport.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(report.runs.count == 6)
    }

    @Test("leaves a database as it found it, but for the file of a new one")
    func leavesNoTables() async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(["bench", "--url", "sqlite:\(folder.path("app.db"))"] + quick)
        #expect(result.code == 0, "\(result.err)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(left == ["app.db"])
    }

    @Test("removes the temporary folder of its own database")
    func removesFolder() async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(["bench"] + quick, environment: ["TMPDIR": folder.url.path])
        #expect(result.code == 0, "\(result.err)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test("removes it, too, when a signal ends it, and is ended by that signal", arguments: [SIGINT, SIGTERM, SIGHUP])
    func removesFolderOnSignal(_ number: Int32) async throws {
        let folder = try TestFolder()
        let result = try await Tool.run(
            ["bench", "--duration", "1h", "--clients", "4", "--mode", "unpooled"],
            environment: ["TMPDIR": folder.url.path], signal: (number, folder.url.path))
        // `Process` gives the number of the signal as the status.
        #expect(result.code == number)
        #expect(result.out.isEmpty && result.err.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
