import Foundation
import Testing

@Suite("The command line for Redis", .timeLimit(.minutes(3)))
struct CommandLineTests {
    private struct Outcome: Sendable {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Beside the test bundle.
    private func pooling(_ arguments: String...) async throws -> Outcome {
        let process = Process()
        process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent()
            .appendingPathComponent("redis-pooling")
        process.arguments = arguments
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("redis-pooling-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files and not pipes: nothing to drain while it runs.
        let files = try ["output", "errors"].map { name in
            let file = folder.appendingPathComponent(name)
            try Data().write(to: file)
            return (file, try FileHandle(forWritingTo: file))
        }
        (process.standardOutput, process.standardError) = (files[0].1, files[1].1)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        let texts = try files.map { String(decoding: try Data(contentsOf: $0.0), as: UTF8.self) }
        let outcome = Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
        #expect(!(outcome.output + outcome.errors).contains("canary"), "a password is shown")
        return outcome
    }

    @Test("lists the driver, its schemes and its workloads")
    func drivers() async throws {
        let list = try await pooling("drivers")
        #expect(list.status == 0)
        #expect(
            list.output.contains("redis, redis+unix") && list.output.contains("point-select, insert, acquire, connect"))
        let json = try await pooling("drivers", "--format", "json")
        #expect(json.status == 0 && json.output.contains("\"redis+unix\""))
    }

    @Test("benchmarks every workload, as text and as JSON, and leaves no key behind")
    func bench() async throws {
        let server = try RedisServer()
        let workloads = ["point-select", "insert", "acquire", "connect"]
        let json = try await pooling(
            "bench", "--url", server.url, "--duration", "200ms", "--warmup", "50ms", "--clients", "4", "--executor",
            "driver",
            "--format", "json", "--workload", workloads[0], "--workload", workloads[1], "--workload", workloads[2],
            "--workload", workloads[3])
        #expect(json.status == 0, "\(json.errors)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let runs = try #require(report["runs"] as? [[String: Any]])
        #expect(runs.count == workloads.count * 3)
        for run in runs {
            #expect(run["driver"] as? String == "redis")
            #expect((run["server"] as? String)?.contains(".") == true)
            #expect(run["errors"] as? Int == 0)
            #expect(run["operations"] as? Int ?? 0 > 0)
        }
        #expect(try await server.lending { try await $0.send("DBSIZE").integer } == 0)

        let text = try await pooling(
            "bench", "--url", server.url, "--duration", "200ms", "--warmup", "50ms", "--clients", "4")
        #expect(text.status == 0, "\(text.errors)")
        for word in ["redis", "point-select", "pooled", "dedicated", "unpooled"] { #expect(text.output.contains(word)) }
    }

    @Test("checks a pool against the server's limits, and says when the configuration asks for more")
    func check() async throws {
        let server = try RedisServer()
        try await server.lending { handle in
            _ = try await handle.send("CONFIG", "SET", "maxclients", "20")
            _ = try await handle.send("CONFIG", "SET", "timeout", "30")
        }
        let fits = try await pooling("check", "--url", server.url + "?pool_max=5")
        #expect(fits.status == 0, "\(fits.output)\(fits.errors)")
        for line in ["redis, redis://:***@127.0.0.1", "encryption  none", "20 at most", "idle for 30 s"] {
            #expect(fits.output.contains(line), "\(line): \(fits.output)")
        }
        let tooMany = try await pooling("check", "--url", server.url + "?pool_max=5", "--instances", "9")
        #expect(tooMany.status == 1 && tooMany.output.contains("45"), "\(tooMany.output)")
        let closed = try await pooling("check", "--url", "redis://:some-canary@127.0.0.1:\(RedisServer.freePort())/0")
        #expect(closed.status == 3 && closed.output.contains("Connection refused"), "\(closed.output)")
    }

    @Test("plays an outage over TCP, and comes back")
    func outage() async throws {
        let server = try RedisServer()
        let played = try await pooling("bench", "--url", server.url, "--scenario", "outage", "--outage", "1s")
        #expect(played.status == 0, "\(played.errors)")
        #expect(
            played.output.contains("every connection is reset") && played.output.contains("first success after healing")
        )
    }

    @Test(
        "tells bad usage with 2",
        arguments: [
            "redis://:canary@", "redis://canary@host:6379/0", "redis://:canary@host:0", "rediss://:canary@host",
            "canary://:canary@host",
        ])
    func badUsage(_ url: String) async throws {
        // The scheme is no secret.
        let url = url.hasPrefix("canary") ? url.replacingOccurrences(of: "canary://", with: "other://") : url
        let outcome = try await pooling("bench", "--url", url, "--duration", "200ms")
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("--url"))
    }

    @Test("tells a server that can't be reached, or lets nobody in, with 3")
    func unreachable() async throws {
        let server = try RedisServer.shared.get()
        let wrong = try await pooling("bench", "--url", "redis://:wrong-canary-2b@127.0.0.1:\(server.port)")
        #expect(wrong.status == 3)
        #expect(wrong.errors.contains("127.0.0.1:\(server.port)") && wrong.errors.contains("the password of"))
        let closed = try await pooling("bench", "--url", "redis://:some-canary@127.0.0.1:\(RedisServer.freePort())/0")
        #expect(closed.status == 3 && closed.errors.contains("Connection refused"))
    }

    @Test("asks for a URL, since Redis needs a server")
    func noURL() async throws {
        let outcome = try await pooling("bench")
        #expect(outcome.status == 2 && outcome.errors.contains("--url"))
    }
}
