import Foundation
import PoolingTestKit
import TestServers
import Testing

@testable import PoolingCommandLine

@Suite("Scenarios of pooling bench", .serialized)
struct ScenarioTests {
    private func decode(_ text: String) throws -> BenchReport {
        try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8))
    }

    @Test("F8: a spike of fifty on five connections ends with seven at most, and everybody served")
    func spike() async throws {
        let result = try await Tool.run(["bench", "--scenario", "spike", "--format", "json"])
        #expect(result.code == 0, "\(result.err)")
        let report = try decode(result.out)
        let spike = try #require(report.spikes?.first)
        #expect(spike.requests == 50 && spike.min == 5 && spike.max == 50 && spike.errors == 0)
        #expect((5...7).contains(spike.connectionsAtEnd), "\(spike.connectionsAtEnd)")
        #expect(report.runs.isEmpty)
        let text = try await Tool.run(["bench", "--scenario", "spike", "--clients", "3"])
        #expect(text.out.contains("3 requests at once (point-select) on a pool of min 5, max 50"), "\(text.out)")
    }

    @Test(
        "in an outage every acquire ends by its timeout or at once, and the first success comes within a step of the back-off"
    )
    func outage() async throws {
        let server = try await PostgresServer.shared
        let url =
            "postgres://\(PostgresServer.user):\(PostgresServer.password)@127.0.0.1:\(server.port)/app?sslmode=disable"
        let result = try await Tool.run([
            "bench", "--scenario", "outage", "--outage", "2s", "--format", "json", "--url", url,
        ])
        #expect(result.code == 0, "\(result.err)")
        let outages = try #require(try decode(result.out).outages)
        #expect(outages.map(\.kind) == ["cut", "silent"])
        for outage in outages {
            #expect(outage.timedOut + outage.refusedAtOnce > 0)
            // 50 ms on a quiet machine.
            #expect(outage.latest < 500_000, "\(outage.latest) µs")
            // A connect and a query on top of the pause.
            #expect(try #require(outage.recovery) < outage.backoffStep + 1_000_000)
        }
        #expect(!result.out.contains(PostgresServer.password) && result.out.contains("app:***@127.0.0.1"))
    }

    @Test("what is foretold stands beside what was measured, at shares of what the pool can do")
    func prediction() async throws {
        let result = try await Tool.run([
            "bench", "--scenario", "prediction", "--load", "0.5,0.8", "--executor", "default", "--duration", "1s",
            "--warmup", "200ms", "--service-time", "exponential:4ms", "--rounds", "1", "--format", "json",
        ])
        #expect(result.code == 0, "\(result.err)")
        let predictions = try #require(try decode(result.out).predictions)
        #expect(predictions.count == 1)
        let found = try #require(predictions.first)
        #expect(
            found.min == 2 && found.max == 4 && found.executor == "default" && found.serviceTime == "exponential:4ms"
                && found.rounds == 1)
        // Four connections, each busy for 4 ms and a bit.
        #expect(found.saturation < 1300 && found.saturation > 100, "\(found.saturation)")
        #expect(abs(found.meanHold - 4e6 / found.saturation) < 1)
        #expect(found.loads.map(\.load) == [0.5, 0.8])
        for load in found.loads {
            #expect(abs(load.rate - found.saturation * load.load) < 1)
            // Nobody is foretold to have less than what it costs where nobody waits.
            #expect(load.p50.predicted >= found.overhead * 0.99 && load.p99.predicted > load.p50.predicted)
            #expect(load.p99.measured > 0)
        }
        #expect(found.loads[1].p99.predicted > found.loads[0].p99.predicted)
        let unknown = try await Tool.run(["bench", "--scenario", "prediction", "--load", "1.2"])
        #expect(
            unknown.code == 2 && unknown.err.contains("--load 1.2: must be shares from 0.01 to 0.99"), "\(unknown.err)")
    }

    @Test("every operation keeps its connection for as long as it is told to")
    func serviceTime() async throws {
        let result = try await Tool.run([
            "bench", "--service-time", "20ms", "--clients", "1", "--mode", "pooled", "--executor", "default",
            "--duration",
            "500ms", "--warmup", "0s", "--format", "json",
        ])
        #expect(result.code == 0, "\(result.err)")
        let run = try #require(try decode(result.out).runs.first)
        #expect(run.serviceTime == "20ms" && run.operations > 0 && run.latency.p50 >= 20_000, "\(run)")
    }

    @Test("an outage needs a host that is reached over TCP")
    func unusable() async throws {
        for url in [
            "postgres://u:hush-canary@/app?host=/tmp", "postgres://u:hush-canary@a,b/app", "sqlite:/tmp/none.db",
        ] {
            let result = try await Tool.run(["bench", "--scenario", "outage", "--url", url])
            #expect(result.code == 2 && result.err.contains("needs a --url with one host"), "\(result.err)")
            #expect(!result.err.contains("hush-canary"))
        }
        let away = try await Tool.run(["bench", "--scenario", "outage", "--url", "postgres://u:p@192.0.2.1/app"])
        #expect(away.code == 2 && away.err.contains("servers on this machine only"), "\(away.err)")
        let unknown = try await Tool.run([
            "bench", "--scenario", "outage", "--url", "postgres://u:p@nowhere.invalid/app",
        ])
        #expect(unknown.code == 3 && unknown.err.contains("no host 'nowhere.invalid' is known"), "\(unknown.err)")
    }

    @Test(
        "a URL leads through the proxy, whatever form its host has",
        arguments: [
            "postgres://u:p@127.0.0.1:9/app?x=1", "postgres://u:p@127.0.0.1/app?x=1", "postgres://u:p@[::1]:9/app?x=1",
            "postgres://u:p@localhost/app?x=1", "postgres://127.0.0.1",
        ])
    func rewritten(_ url: String) throws {
        let way = try ProxiedURL(TargetURL(url), defaultPort: 5432)
        let user = url.contains("@") ? "u:p@" : ""
        let rest = url.contains("/app") ? "/app?x=1" : ""
        #expect(way.text == "postgres://\(user)127.0.0.1:\(way.proxy.port)\(rest)")
        way.proxy.stop()
    }
}
