import PoolingCore
import RedisDriver
import Testing

@Suite("What a borrower leaves behind", .timeLimit(.minutes(2)))
struct SessionTests {
    private struct Left: Error {}

    /// One loan that leaves something, then what the next one finds; on a pool of one connection.
    private func after(
        _ litter: [RedisCommand], isReset: Bool = true, _ inspection: (RedisHandle) async throws -> Void
    ) async throws {
        let pool = try Pool(try RedisServer.shared.get().driver, configuration: .init(max: 1, validation: .never))
        for isThrowing in [false, true] {
            do {
                try await pool.withConnection { handle in
                    for command in litter { try await handle.send(command) }
                    if isThrowing { throw Left() }
                }
            } catch is Left {}
            try await pool.withConnection(inspection)
        }
        let resets = pool.statistics.resets
        #expect(isReset ? resets == 2 : resets == 0)
        #expect(pool.statistics.connected == 1, "the connection goes on")
        await pool.shutdown()
    }

    private func session(_ handle: RedisHandle) async throws -> String {
        try await handle.send("CLIENT", "INFO").text ?? ""
    }

    @Test("F32: a transaction that was left open is gone, and what it had queued was not done")
    func multi() async throws {
        let server = try RedisServer.shared.get()
        try await server.lending { try await $0.send("DEL", "left-in-multi") }
        try await after([["MULTI"], ["SET", "left-in-multi", "1"]]) { (handle) async throws in
            #expect(try await handle.get("left-in-multi") == nil)
        }
    }

    @Test("F33: another database is left for the one that the driver was made for")
    func select() async throws {
        try await after([["SELECT", "5"], ["SET", "in-five", "1"]]) { (handle) async throws in
            #expect(try await session(handle).contains(" db=0 "))
            #expect(try await handle.get("in-five") == nil)
        }
        // Also where it was only queued, and executed then.
        try await after([["MULTI"], ["SELECT", "5"], ["EXEC"]]) { (handle) async throws in
            #expect(try await session(handle).contains(" db=0 "))
        }
    }

    @Test("F33: a subscription ends, and its messages reach nobody")
    func subscription() async throws {
        let server = try RedisServer.shared.get()
        let pool = try Pool(server.driver, configuration: .init(max: 1, validation: .never))
        for _ in 0..<20 {
            try await pool.withConnection { handle in
                let confirmation = try await handle.send("SUBSCRIBE", "news", "weather")
                #expect(confirmation.elements?.last == .integer(2))
                try await server.lending { try await $0.send("PUBLISH", "news", "message") }
                // Messages come between the answers, and are none.
                #expect(try await handle.send("ECHO", "a").text == "a")
                try await server.lending { try await $0.send("PUBLISH", "weather", "rain") }
            }
            try await pool.withConnection { (handle) async throws in
                #expect(try await handle.send("ECHO", "b").text == "b")
                #expect(try await session(handle).contains(" sub=0 "))
            }
        }
        #expect(pool.statistics.connected == 1)
        await pool.shutdown()
    }

    @Test("a watch, a name and another login are undone")
    func others() async throws {
        let server = try RedisServer.shared.get()
        try await after([["WATCH", "watched"]]) { (handle) async throws in
            try await server.lending { try await $0.send("INCR", "watched") }
            #expect(try await handle.pipeline([["MULTI"], ["PING"], ["EXEC"]]).last != .null)
        }
        try await after([["CLIENT", "SETNAME", "somebody"]]) { (handle) async throws in
            #expect(try await session(handle).contains(" name= "))
        }
        try await server.lending {
            try await $0.send("ACL", "SETUSER", "guest", "on", ">guest-canary", "+@all", "~*", "&*")
        }
        try await after([["AUTH", "guest", "guest-canary"]]) { (handle) async throws in
            #expect(try await session(handle).contains(" user=default "))
        }
    }

    @Test("that has been undone by the borrower itself costs no reset")
    func undone() async throws {
        try await after([["WATCH", "a"], ["UNWATCH"], ["CLIENT", "ID"]], isReset: false) { try await $0.ping() }
        try await after([["WATCH", "a"], ["MULTI"], ["PING"], ["EXEC"]], isReset: false) { try await $0.ping() }
        try await after([["MULTI"], ["PING"], ["DISCARD"]], isReset: false) { try await $0.ping() }
    }

    @Test("by a transaction that fails is nothing")
    func failedTransaction() async throws {
        let pool = try Pool(try RedisServer.shared.get().driver, configuration: .init(max: 1))
        try await pool.withConnection { handle in
            let replies = try await handle.pipeline([["MULTI"], ["NO-SUCH-COMMAND"], ["EXEC"]])
            guard case .error(let error)? = replies.last else { return #expect(Bool(false), "EXEC succeeds") }
            #expect(error.code == "EXECABORT")
        }
        try await pool.withConnection { try await $0.ping() }
        #expect(pool.statistics.resets == 0)
        await pool.shutdown()
    }

    @Test(
        "commands after which answers could no longer be told apart are not sent",
        arguments: [
            [], ["MONITOR"], ["monitor"], ["SYNC"], ["PSYNC", "?", "-1"], ["CLIENT", "reply", "OFF"], ["HELLO", "2"],
            ["RESET"],
            ["QUIT"], ["UNSUBSCRIBE"],
        ])
    func refused(_ words: [String]) async throws {
        try await RedisServer.shared.get().lending { handle in
            let error = await redisError { try await handle.send(RedisCommand(words)) }
            #expect(error?.kind == .misuse && error?.mayHaveExecuted == false)
            try await handle.ping()
        }
    }
}
