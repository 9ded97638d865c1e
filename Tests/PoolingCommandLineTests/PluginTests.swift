import ArgumentParser
import Testing

@testable import PoolingCommandLine

@Suite("A stranger's driver")
struct PluginTests {
    @Test("is run in all modes, and its report adds up")
    func runs() async throws {
        let arguments = ["--warmup", "0s", "--clients", "3", "--workload", "acquire"]
        // Tests that compute share the threads of the default executor: a run that got no turn is given longer. What
        // never works does nothing in the longest, either.
        var outcome = try await bench(["--duration", "500ms"] + arguments)
        for duration in ["4s", "12s"] where outcome.report.runs.contains(where: { $0.operations == 0 }) {
            outcome = try await bench(["--duration", duration] + arguments)
        }
        #expect(outcome.complaint == nil)
        // It has no executor of its own, so that only the default one is left.
        #expect(outcome.report.runs.map(\.mode) == ["pooled", "dedicated", "unpooled"])
        #expect(outcome.report.runs.allSatisfy { $0.executor == "default" && $0.driver == "fake" && $0.errors == 0 })
        for run in outcome.report.runs {
            #expect(run.operations > 0)
            #expect(run.operationsPerClient.min <= run.operationsPerClient.max)
            #expect(run.operationsPerClient.max * 3 >= run.operations)
            #expect(run.latency.max >= run.latency.p50)
        }
        #expect(outcome.report.runs[0].peakConnections <= 8)
        #expect(outcome.report.runs[1].connects == 3)
        #expect(outcome.report.runs[2].connects >= outcome.report.runs[2].operations)
        #expect(outcome.report.ratios.count == 1)
    }

    @Test("that can't connect ends with the target, the cause and no password")
    func unreachable() async throws {
        let failure = await #expect(throws: CommandFailure.self) {
            try await bench(["--url", "fake://refuse:hush@host", "--workload", "acquire", "--duration", "10ms"])
        }
        #expect(failure?.kind == .unreachable)
        #expect(failure?.message == "cannot connect to fake://refuse:***@host: refused with password ***")
    }

    @Test("without an executor of its own refuses --executor driver")
    func noExecutor() async throws {
        let failure = await #expect(throws: CommandFailure.self) {
            try await bench(["--executor", "driver", "--workload", "acquire", "--duration", "10ms"])
        }
        #expect(failure == .usage("--executor driver: driver fake has none of its own"))
    }

    private func bench(_ arguments: [String]) async throws -> Benchmark.Outcome {
        var registry = DriverRegistry()
        registry.register(FakeBenchmark())
        let request = try BenchRequest(try BenchCommand.parse(arguments), registry: registry)
        return try await Benchmark(request: request, registry: registry).run()
    }
}
