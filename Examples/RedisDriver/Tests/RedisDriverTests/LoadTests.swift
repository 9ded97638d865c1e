import PoolingCore
import RedisDriver
import Testing

@Suite("Many commands", .timeLimit(.minutes(3)))
struct LoadTests {
    @Test("in one pipeline are answered in order, each for itself")
    func pipeline() async throws {
        try await RedisServer.shared.get().lending { handle in
            try await handle.send("DEL", "counter", "list")
            let replies = try await handle.pipeline([
                ["INCR", "counter"], ["LPUSH", "list", "a"], ["INCR", "list"], ["INCR", "counter"],
                ["LRANGE", "list", "0", "-1"],
                ["HGETALL", "no such hash"], ["GET", "no such key"],
            ])
            #expect(replies[0] == .integer(1) && replies[1] == .integer(1) && replies[3] == .integer(2))
            guard case .error(let error) = replies[2] else { return #expect(Bool(false), "a list was counted up") }
            #expect(error.code == "WRONGTYPE")
            #expect(replies[4].elements?.first?.text == "a")
            #expect(replies[5] == .map([:]) && replies[6] == .null)
            #expect(try await handle.pipeline([]).isEmpty)
        }
    }

    @Test("that are more than fits on the way neither block nor get lost")
    func longPipeline() async throws {
        try await RedisServer.shared.get().lending { handle in
            let padding = String(repeating: "x", count: 10_000)
            let commands = (0..<2_000).map { RedisCommand(["ECHO", "\($0) \(padding)"]) }
            let replies = try await handle.pipeline(commands)
            #expect(replies.enumerated().allSatisfy { $1.text == "\($0) \(padding)" })
        }
    }

    @Test("F11: of 64 tasks on 4 connections, each reads what itself has written, 20 000 times")
    func crossTalk() async throws {
        let server = try RedisServer()
        let pool = try Pool(server.driver, configuration: .init(max: 4))
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<64 {
                group.addTask(executorPreference: client.isMultiple(of: 2) ? EventLoopExecutor.next() : nil) {
                    var wrong = 0
                    // 64 × 157 × 2 operations.
                    for turn in 0..<157 {
                        let value = "\(client) \(turn)"
                        let found = try await pool.withConnection { handle in
                            try await handle.set("client \(client)", value)
                            return try await handle.get("client \(client)")
                        }
                        if found != value { wrong += 1 }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
        #expect(pool.statistics.connected == 4)
        await pool.shutdown()
    }

    @Test("F11: of tasks that are cancelled at random, none is told what another one has asked for")
    func cancelledCrossTalk() async throws {
        let server = try RedisServer()
        let pool = try Pool(server.driver, configuration: .init(max: 4))
        var wrong = 0
        for round in 0..<40 {
            let clients = (0..<16).map { client in
                Task {
                    let nonce = "\(round) \(client)"
                    let found = try await pool.withConnection { try await $0.send("ECHO", nonce).text }
                    return found == nonce
                }
            }
            for client in clients where Bool.random() {
                for _ in 0..<Int.random(in: 0...50) { await Task.yield() }
                client.cancel()
            }
            for client in clients {
                do { if try await !client.value { wrong += 1 } } catch is CancellationError {}
            }
        }
        #expect(wrong == 0)
        try await pool.withConnection { try await $0.ping() }
        await pool.shutdown()
        #expect(try await eventually { try await server.lending { try await $0.clients() } == 1 })
    }

    @Test("F51: by two tasks at once, or after the loan, are refused")
    func misuse() async throws {
        let pool = try Pool(try RedisServer.shared.get().driver, configuration: .init(max: 1))
        let kept = try await pool.withConnection { handle in
            let outcomes = await withTaskGroup(of: PoolError.Code?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        do {
                            try await handle.send("BLPOP", "never-pushed-to", "0.3")
                            return nil
                        } catch { return (error as? PoolError)?.code }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.contains(.concurrentUse) && outcomes.contains(nil))
            return handle
        }
        await #expect(throws: PoolError.self) { try await kept.ping() }
        await pool.shutdown()
    }
}
