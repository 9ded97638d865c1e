import PoolingCore
import PoolingTestKit
import RedisDriver
import Testing

/// A server, for the kit.
struct RedisSubject: ConformanceSubject {
    struct Wrong: Error, CustomStringConvertible {
        var description: String
    }

    let server: RedisServer
    /// Its kernel takes connections, and nobody says anything.
    let silent = Result { try Loopback() }

    init() throws { server = try RedisServer() }

    func makeDriver() -> Redis { server.driver }

    func use(_ handle: RedisHandle) async throws {
        let nonce = "\(UInt64.random(in: 0 ... .max))"
        let reply = try await handle.send("ECHO", nonce).text
        if reply != nonce { throw Wrong(description: "ECHO \(nonce) is answered with \(reply ?? "nothing")") }
    }

    var longCall: ConformanceCall<Redis>? {
        { handle in try await handle.until(.now + .seconds(90)).send("BLPOP", "nobody-pushes", "60") }
    }

    var litter: ConformanceCall<Redis>? {
        { handle in
            try await handle.send("CLIENT", "SETNAME", "litter")
            try await handle.send("SELECT", "3")
            try await handle.send("SUBSCRIBE", "litter")
            try await handle.send("WATCH", "litter")
            try await handle.send("MULTI")
        }
    }

    var inspection: ConformanceCall<Redis>? {
        { handle in
            let session = try await handle.send("CLIENT", "INFO").text ?? ""
            // No transaction, no subscription, the first database, no name.
            for trait in [" multi=-1 ", " sub=0 ", " db=0 ", " name= "] where !session.contains(trait) {
                throw Wrong(description: "not\(trait)in: \(session)")
            }
            // Nor a watch, which INFO does not show: this would be refused with nil.
            try await server.lending { try await $0.send("INCR", "litter") }
            let replies = try await handle.pipeline([["MULTI"], ["PING"], ["EXEC"]])
            if replies.last == .null { throw Wrong(description: "a watch is left") }
        }
    }

    var executioner: ConformanceExecutioner<Redis>? {
        { handle in
            let client = try await handle.send("CLIENT", "ID").integer ?? 0
            return { _ = try await server.lending { try await $0.send("CLIENT", "KILL", "ID", "\(client)") } }
        }
    }

    var sessions: ConformanceCount? {
        {
            try await server.lending { other in
                let clients = try await other.send("CLIENT", "LIST").text ?? ""
                return clients.split(separator: "\n").count - 1
            }
        }
    }

    var refused: ConformancePlace<Redis>? {
        {
            var driver = server.driver
            driver.password = "wrong-canary-7f31"
            return driver
        }
    }

    var unanswered: ConformancePlace<Redis>? {
        { Redis(.tcp(host: "127.0.0.1", port: try silent.get().port), password: RedisPassword(RedisServer.password)) }
    }

    var secrets: [String] { ["wrong-canary-7f31", RedisServer.password] }
}

@Suite("Redis keeps the contract of a driver", .serialized, .timeLimit(.minutes(3)))
struct RedisConformanceTests {
    static let conformance = Result { DriverConformance(try RedisSubject()) }

    @Test("as the kit has it", arguments: try! conformance.get().checks)
    func conforms(_ check: DriverCheck) async throws { try await check.run() }

    @Test("in everything that the kit can check")
    func complete() throws { #expect(try Self.conformance.get().inapplicable.isEmpty) }
}
