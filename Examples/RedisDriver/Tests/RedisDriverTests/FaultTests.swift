import Foundation
import PoolingCore
import Testing

@testable import RedisDriver

@Suite("When the server fails", .timeLimit(.minutes(2)))
struct FaultTests {
    @Test("F20: one that was killed and started again while all was idle costs no borrower an error")
    func killedWhileIdle() async throws {
        let first = try RedisServer()
        let pool = try Pool(first.driver, configuration: .init(min: 3, max: 3))
        try await pool.warmUp()
        first.kill()
        #expect(try await eventually { await redisError { try await first.lending { try await $0.ping() } } != nil })
        let second = try RedisServer(port: first.port)
        for _ in 0..<10 { try await pool.withConnection { try await $0.ping() } }
        await pool.shutdown()
        withExtendedLifetime(second) {}
    }

    @Test(
        "F18: killed in the midst of a command says that it may have been executed, and the next one gets the new server"
    )
    func killedInCommand() async throws {
        let first = try RedisServer()
        let pool = try Pool(first.driver, configuration: .init(max: 1))
        let waiting = Task {
            await redisError { try await pool.withConnection { try await $0.send("BLPOP", "nobody-pushes", "60") } }
        }
        #expect(try await eventually { try await first.lending { try await $0.isSomebodyBlocked() } })
        first.kill()
        let error = try #require(await waiting.value)
        #expect(error.kind == .connectionLost && error.mayHaveExecuted)
        #expect("\(error)".contains("127.0.0.1:\(first.port)"))
        let second = try RedisServer(port: first.port)
        try await pool.withConnection { try await $0.ping() }
        await pool.shutdown()
        withExtendedLifetime(second) {}
    }

    @Test("F16: frozen, its commands end at their deadline by the client's own clock")
    func frozen() async throws {
        let server = try RedisServer()
        var driver = server.driver
        driver.commandTimeout = .milliseconds(200)
        let pool = try Pool(driver, configuration: .init(max: 2, validation: .never))
        try await pool.withConnection { try await $0.ping() }
        server.freeze()
        let began = ContinuousClock.now
        let error = await redisError { try await pool.withConnection { try await $0.set("colour", "green") } }
        #expect(error?.kind == .timedOut && error?.mayHaveExecuted == true)
        #expect(ContinuousClock.now - began >= .milliseconds(200))
        #expect(ContinuousClock.now - began < .seconds(30))
        server.resume()
        try await pool.withConnection { try await $0.ping() }
        #expect(pool.statistics.connected == 2, "the late answer stays with the connection that was given up")
        await pool.shutdown()
    }

    @Test("F15: frozen, an acquire that has to connect ends at its own deadline")
    func frozenConnect() async throws {
        let server = try RedisServer()
        server.freeze()
        let pool = try Pool(server.driver, configuration: .init(max: 1))
        let began = ContinuousClock.now
        let error = await #expect(throws: PoolError.self) {
            try await pool.withConnection(timeout: .milliseconds(200)) { try await $0.ping() }
        }
        #expect(error?.code == .acquireTimedOut)
        #expect(ContinuousClock.now - began < .seconds(30))
        server.resume()
        try await pool.withConnection { try await $0.ping() }
        await pool.shutdown()
    }

    @Test("F11: cancelled with an answer outstanding, a connection is not lent again")
    func cancelled() async throws {
        let server = try RedisServer()
        let pool = try Pool(server.driver, configuration: .init(max: 1))
        for round in 0..<20 {
            let waiting = Task {
                try await pool.withConnection { try await $0.send("BLPOP", "list", "60").elements }
            }
            if round.isMultiple(of: 2) {
                #expect(try await eventually { try await server.lending { try await $0.isSomebodyBlocked() } })
            }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            #expect(try await pool.withConnection { try await $0.send("ECHO", "\(round)").text } == "\(round)")
        }
        await pool.shutdown()
    }

    @Test("F61: a shutdown whose time is up ends a command, and leaves no session at the server")
    func shutDown() async throws {
        let server = try RedisServer()
        let pool = try Pool(server.driver, configuration: .init(max: 1))
        let waiting = Task {
            await redisError { try await pool.withConnection { try await $0.send("BLPOP", "list", "60") } }
        }
        #expect(try await eventually { try await server.lending { try await $0.isSomebodyBlocked() } })
        await pool.shutdown(within: .milliseconds(50))
        let error = await waiting.value
        #expect(error?.kind == .connectionLost && error?.message.contains("shut down") == true)
        #expect(try await eventually { try await server.lending { try await $0.clients() } == 1 })
    }

    @Test("F25: one that has become read-only, or is loading, is left with every connection")
    func verdicts() async throws {
        let server = try RedisServer()
        let pool = try Pool(server.driver, configuration: .init(max: 2))
        let other = try await pool.lease()
        try await other.connection.ping()
        // A replica of nobody.
        try await server.lending { try await $0.send("REPLICAOF", "127.0.0.1", "1") }
        let error = await redisError { try await pool.withConnection { try await $0.set("a", "b") } }
        #expect(error?.code == "READONLY" && error?.mayHaveExecuted == false)
        other.release()
        try await server.lending { try await $0.send("REPLICAOF", "NO", "ONE") }
        try await pool.withConnection { try await $0.set("a", "b") }
        #expect(pool.statistics.connected >= 3)
        await pool.shutdown()
        let driver = server.driver
        for (reply, verdict) in [
            ("-LOADING Redis is loading\r\n", ErrorVerdict.discardAll), ("-READONLY You can't\r\n", .discardAll),
            ("-MASTERDOWN Link\r\n", .discard), ("-WRONGTYPE Operation\r\n", .keep), ("-ERR unknown\r\n", .keep),
        ] {
            let scripted = try ScriptedServer(saying: reply)
            let connection = try await scripted.driver.connect()
            let handle = driver.lend(connection, loan: .unpooled)
            let error = try #require(await redisError { try await handle.send("GET", "a") })
            #expect(driver.verdict(on: error) == verdict, "\(error)")
            await driver.close(connection, reason: .shutdown, deadline: .now)
        }
        #expect(driver.verdict(on: CancellationError()) == .keep)
    }

    @Test(
        "F66: that says what is no answer is believed nothing more",
        arguments: [
            "hello\r\n", "+OK", "$9999999999\r\n", "*9999999999\r\n", "$5\r\nabcdefg\r\n", ":x\r\n",
            String(repeating: "*1\r\n", count: 100), "+OK\r\n+AND\r\n", "$3\r\nab",
        ])
    func nonsense(_ text: String) async throws {
        let server = try ScriptedServer(saying: text)
        var driver = server.driver
        driver.commandTimeout = .milliseconds(300)
        let connection = try await driver.connect()
        let handle = driver.lend(connection, loan: .unpooled)
        let error = await redisError { try await handle.send("GET", "a") }
        driver.reclaim(connection, loan: .unpooled)
        // Two answers to one question: the first one is taken for it, and the connection for the last time.
        if text != "+OK\r\n+AND\r\n" { #expect(error?.kind == .badReply || error?.kind == .timedOut) }
        #expect(driver.condition(of: connection) == .broken)
        await driver.close(connection, reason: .broken, deadline: .now)
    }

    @Test("F11: an answer that comes while nobody asks is nobody's")
    func unasked() async throws {
        let server = try ScriptedServer(saying: "+LATE\r\n", isUnasked: true)
        let driver = server.driver
        let connection = try await driver.connect()
        // It may have come with the end of the beginning, too.
        #expect(try await eventually { connection.socket.hasReceived || driver.condition(of: connection) == .broken })
        let handle = driver.lend(connection, loan: .unpooled)
        let error = try #require(await redisError { try await handle.send("GET", "a") })
        #expect(error.kind == .badReply && !error.mayHaveExecuted)
        driver.reclaim(connection, loan: .unpooled)
        #expect(driver.condition(of: connection) == .broken)
        await driver.close(connection, reason: .broken, deadline: .now)
    }

    @Test("F66: an answer that never ends ends at the deadline")
    func endless() async throws {
        let server = try ScriptedServer(saying: ">2\r\n+message\r\n+nothing\r\n", isEndless: true)
        var driver = server.driver
        driver.commandTimeout = .milliseconds(300)
        let connection = try await driver.connect()
        let error = await redisError { try await driver.lend(connection, loan: .unpooled).send("GET", "a") }
        #expect(error?.kind == .timedOut)
        await driver.close(connection, reason: .broken, deadline: .now)
    }

    @Test("F66: a reply that is longer than allowed costs its connection and nothing else")
    func hugeReply() async throws {
        let server = try RedisServer()
        try await server.lending { try await $0.send("SETRANGE", "huge", "\((8 << 20) - 1)", "x") }
        var driver = server.driver
        driver.replyLimit = 4 << 20
        let pool = try Pool(driver, configuration: .init(max: 1))
        let error = await redisError { try await pool.withConnection { try await $0.send("GET", "huge") } }
        #expect(error?.kind == .badReply && error?.message.contains("replyLimit") == true)
        try await pool.withConnection { try await $0.ping() }
        await pool.shutdown()
        // Where it is allowed, it comes whole.
        #expect(try await server.lending { try await $0.send("GET", "huge").bytes?.count } == 8 << 20)
    }
}

extension StreamSocket {
    /// Whether something is there to be read.
    fileprivate var hasReceived: Bool {
        var byte: UInt8 = 0
        return recv(events.descriptor, &byte, 1, CInt(MSG_PEEK)) == 1
    }
}

extension RedisHandle {
    /// Whether a client waits in `BLPOP`.
    func isSomebodyBlocked() async throws -> Bool {
        try await send("INFO", "clients").text?.contains("blocked_clients:1") == true
    }

    func clients() async throws -> Int {
        (try await send("CLIENT", "LIST").text ?? "").split(separator: "\n").count
    }
}
