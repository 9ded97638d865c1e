import Foundation
import PoolingTestKit
import Testing

@testable import PoolingCommandLine

@Suite("The executable: simulate")
struct SimulateTests {
    private func simulate(_ arguments: [String]) async throws -> Tool.Result {
        try await Tool.run(["simulate", "--duration", "5s", "--warmup", "1s"] + arguments)
    }

    @Test("predicts, recommends a size with the reason, and says the same again")
    func text() async throws {
        let arguments = ["--rate", "300", "--service-time", "exponential:20ms", "--max", "4,16,8"]
        let result = try await simulate(arguments)
        #expect(result.code == 0 && result.err.isEmpty, "\(result.err)")
        #expect(result.out.contains("300 requests/s on one pool; service exponential:20ms, connect 5ms"))
        #expect(result.out.contains("take min 6, max 16: the smallest that refuses nobody"), "\(result.out)")
        #expect(try await simulate(arguments).out == result.out)
        #expect(try await simulate(arguments + ["--seed", "2"]).out != result.out)
    }

    @Test("prints schema 1 as JSON, also into a file")
    func json() async throws {
        let folder = try TestFolder()
        let file = folder.path("forecast.json")
        let result = try await simulate([
            "--rate", "2000", "--instances", "20", "--min", "1", "--max", "5", "--server-limit", "50", "--outage", "1s",
            "--acquire-timeout", "500ms", "--format", "json", "--output", file,
        ])
        #expect(result.code == 0 && result.out.isEmpty, "\(result.err)")
        let report = try JSONDecoder().decode(
            SimulateReport.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        let run = try #require(report.runs.first)
        #expect(report.schema == 1 && report.instances == 20 && report.recommendation == nil)
        #expect((20...50).contains(run.peakSessions) && run.peakPerInstance <= 5)
        #expect(run.timedOut + run.rejected > 0 && run.recovery != nil && run.lastRecovery != nil)
        #expect(run.served <= run.requests && run.requests > 9000)
    }

    @Test(
        "names the option that makes no sense",
        arguments: [
            (["--rate", "0"], "--rate 0: must be a number per second, from 0.001 to 1000000000"),
            (["--rate", "1", "--service-time", "soon"], "--service-time soon: must be a time (5ms), exponential:5ms"),
            (["--rate", "1", "--service-time", "exponential:5ms,1"], "--service-time exponential:5ms,1: must be"),
            (["--rate", "1", "--connect", "lognormal:5ms"], "--connect lognormal:5ms: must be"),
            (["--rate", "1", "--min", "9", "--max", "4"], "--min 9: must not exceed max (4)"),
            (["--rate", "1", "--max", "0"], "--max 0: must be at least 1"),
            (["--rate", "1", "--max", "a"], "--max a: must be a number"),
            (["--rate", "1", "--instances", "0"], "--instances 0: must be from 1"),
            (["--rate", "1", "--server-limit", "0"], "--server-limit 0: must be at least 1"),
            (["--rate", "1", "--outage", "4s"], "--outage 4s: must be more than 0 and less than half of --duration"),
            (["--rate", "1", "--surge", "-1"], "--surge -1: must be a factor"),
            (["--rate", "1", "--arrivals", "late"], "--arrivals late: unknown; known ones are poisson, constant"),
            (["--rate", "1e300"], "--rate 1e300: must be a number per second"),
            (["--rate", "1,2"], "--rate 1,2: must be one number"),
            (["--rate", "1e9"], "50 million are the most that are played"),
            ([], "Missing expected argument '--rate <rate>'"),
        ] as [([String], String)])
    func mistakes(_ arguments: [String], _ message: String) async throws {
        let result = try await simulate(arguments)
        #expect(result.code == 2 && result.out.isEmpty)
        #expect(result.err.contains(message), "\(result.err)")
    }

    @Test("times are constant, exponential or lognormal, and their means are known")
    func distributions() throws {
        #expect(try TimeDistribution(option: "", "5ms") == .constant(5_000_000))
        #expect(try TimeDistribution(option: "", "exponential:1s") == .exponential(mean: 1_000_000_000))
        let long = try TimeDistribution(option: "", "lognormal:10ms,1.5")
        #expect(long == .lognormal(median: 10_000_000, sigma: 1.5))
        #expect(abs(long.mean / 10_000_000 - exp(1.125)) < 0.001)
    }
}
