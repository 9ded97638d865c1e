import PoolingCore
import PoolingTestKit
import RedisDriver
import Testing

@Suite("Connecting", .timeLimit(.minutes(2)))
struct ConnectTests {
    /// What a connect throws.
    private func failure(_ driver: Redis) async -> RedisError? {
        await redisError { await driver.close(try await driver.connect(), reason: .shutdown, deadline: .now) }
    }

    @Test("by name, by address and through the unix socket, into the database that the URL says")
    func places() async throws {
        let server = try RedisServer.shared.get()
        for url in [
            "redis://:\(RedisServer.password)@localhost:\(server.port)/2",
            "redis://default:\(RedisServer.password)@127.0.0.1:\(server.port)/2",
            "redis+unix://:\(RedisServer.password)@\(server.socketPath)?db=2",
        ] {
            let pool = try Pool(Redis(url: url), configuration: .init(max: 1))
            try await pool.withConnection { handle in
                try await handle.set("colour", "green")
                #expect(try await handle.get("colour") == "green")
                #expect(try await handle.get("no such key") == nil)
                #expect(try await handle.send("CLIENT", "INFO").text?.contains(" db=2 ") == true)
                #expect(try handle.serverVersion().isEmpty == false)
            }
            await pool.shutdown()
        }
    }

    @Test("with a wrong password, or none, says whose it is and does not show it")
    func wrongPassword() async throws {
        let server = try RedisServer.shared.get()
        var driver = server.driver
        driver.password = "wrong-canary-93aa"
        let wrong = try #require(await failure(driver))
        #expect(wrong.kind == .cannotConnect)
        #expect(
            "\(wrong)"
                == "Redis at 127.0.0.1:\(server.port) does not accept the connection: the password of the default user"
                + " is wrong, or the user is disabled")
        driver.password = nil
        #expect(try #require(await failure(driver)).message.contains("wants a password"))
        driver.password = "wrong-canary-93aa"
        #expect(!"\(driver) \(String(reflecting: driver))".contains("canary"))
        var dumped = ""
        dump(driver, to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    @Test("F23: to a wrong port, a wrong host or a missing socket names the place and the cause")
    func wrongPlace() async throws {
        let port = RedisServer.freePort()
        let refused = try #require(await failure(Redis(.tcp(host: "127.0.0.1", port: port))))
        #expect(refused.kind == .cannotConnect)
        #expect(refused.message.contains("127.0.0.1:\(port)") && refused.message.contains("Connection refused"))
        let unknown = try #require(await failure(Redis(.tcp(host: "no-such-host.invalid", port: port))))
        #expect(unknown.kind == .cannotConnect && unknown.message.contains("no-such-host.invalid"))
        let missing = try #require(await failure(Redis(.unix(path: "/tmp/no-such-socket"))))
        #expect(missing.kind == .cannotConnect && missing.message.contains("/tmp/no-such-socket"))
        let long = try #require(await failure(Redis(.unix(path: String(repeating: "/long", count: 50)))))
        #expect(long.kind == .misuse)
    }

    @Test("into a database that there is not is refused")
    func wrongDatabase() async throws {
        var driver = try RedisServer.shared.get().driver
        driver.database = 99
        #expect(try #require(await failure(driver)).message.contains("it has no database 99"))
    }

    @Test("F22: to a server that does not answer ends at the driver's own deadline")
    func deadline() async throws {
        let silent = try FaultProxy(to: .tcp(host: "127.0.0.1", port: try RedisServer.shared.get().port))
        silent.change { $0.isBlackhole = true }
        var driver = Redis(.tcp(host: "127.0.0.1", port: silent.port), password: "hush-canary")
        driver.connectTimeout = .milliseconds(200)
        let began = ContinuousClock.now
        let error = try #require(await failure(driver))
        #expect(error.kind == .cannotConnect && !error.mayHaveExecuted && !"\(error)".contains("canary"))
        #expect(ContinuousClock.now - began >= .milliseconds(200))
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test("to what is too old, too full or no Redis at all says so, and shows no password that the server repeats")
    func strangeServers() async throws {
        let old = "-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `hush-canary`, \r\n"
        for (answer, sentence) in [
            (old + "+OK\r\n+PONG\r\n", "Redis 6.2 or later is needed"),
            ("-ERR max number of clients reached\r\n+OK\r\n+PONG\r\n", "no place for another connection"),
            ("+OK\r\n+OK\r\n-LOADING Redis is loading the dataset in memory\r\n", "still loading its data"),
            ("+OK\r\n+OK\r\n+WHAT\r\n", "answers something else"),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "is it a Redis server?"),
        ] {
            let server = try ScriptedServer(saying: "", welcome: answer)
            var driver = server.driver
            driver.password = "hush-canary"
            let error = try #require(await failure(driver))
            #expect(error.kind == .cannotConnect)
            #expect(error.message.contains(sentence), "\(error)")
            #expect(!"\(error)".contains("canary"))
        }
    }

    @Test("F68: with settings that can't be right fails where the pool is made")
    func settings() async throws {
        var driver = try RedisServer.shared.get().driver
        #expect(throws: Never.self) { try driver.check(PoolConfiguration()) }
        driver.database = -1
        let error = #expect(throws: PoolConfigurationError.self) { try Pool(driver) }
        #expect(error?.field == "database")
        driver.database = 0
        (driver.user, driver.password) = ("somebody", nil)
        #expect(throws: PoolConfigurationError.self) { try Pool(driver) }
    }
}

@Suite("A URL")
struct URLTests {
    @Test("says the place, the user, the password and the database")
    func parts() throws {
        let full = try Redis(url: "redis://me:a%40b%2Fc@example.org:7000/5")
        #expect(full.place == .tcp(host: "example.org", port: 7000))
        #expect(full.user == "me" && full.database == 5)
        #expect(full.password == "a@b/c")
        let short = try Redis(url: "redis://localhost")
        #expect(short.place == .tcp(host: "localhost", port: 6379))
        #expect(short.user == nil && short.password == nil && short.database == 0)
        #expect(try Redis(url: "redis://[::1]:7001").place == .tcp(host: "::1", port: 7001))
        #expect(try Redis(url: "redis://[::1]").place == .tcp(host: "::1", port: 6379))
        let unix = try Redis(url: "redis+unix://:x@/run/redis.sock?db=4")
        #expect(unix.place == .unix(path: "/run/redis.sock") && unix.database == 4)
    }

    @Test(
        "that is wrong is refused without being repeated",
        arguments: [
            "canary", "redis:canary", "canary://host", "redis://", "redis://:canary@", "redis://:@host",
            "redis://canary@host",
            "redis://:canary@host:0", "redis://:canary@host:65536", "redis://:canary@host:canary",
            "redis://:canary@host/canary", "redis://:canary@host/-1", "redis://:ca?nary@host?canary=1",
            "redis://:canary%zz@host", "redis+unix://:canary@", "redis+unix://:canary@/path?canary=1",
            "rediss://:canary@host", "redis://host%00canary",
        ])
    func refused(_ url: String) throws {
        let error = try #require(throws: RedisError.self) { try Redis(url: url) }
        #expect(error.kind == .misuse)
        #expect(!"\(error)".contains("canary") && !"\(error)".contains("nary"))
    }
}
