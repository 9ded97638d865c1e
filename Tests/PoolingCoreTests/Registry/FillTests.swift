import PoolingCore
import Testing

@Suite struct FillTests {
    let registry = PoolRegistry()

    @Test func `a source defines its pools in its order, and nothing is opened`() async throws {
        let driver = ScriptedDriver()
        try registry.register("fake") { _ in driver }
        try registry.define("own") { ScriptedDriver() }
        try await registry.fill(from: ScriptedSource(.fake("b", .init(min: 2)), .fake("a", .init(max: 3))))
        #expect(registry.names == ["own", "b", "a"] && registry.pools.isEmpty)
        #expect(driver.books.value.connected == 0)
        #expect(try registry.pool(named: "a").configuration.max == 3)
        await registry.shutdown()
    }

    @Test func `one that is wrong keeps all of them out`() async throws {
        try registry.register("fake") { url in
            if url.hasSuffix("bad") { throw FakeFailure() }
            return ScriptedDriver(
                .init(check: { configuration throws(PoolConfigurationError) in
                    if configuration.max > 50 {
                        throw PoolConfigurationError(field: "max", value: "\(configuration.max)", rule: "must be less")
                    }
                }))
        }
        let right = PoolSpecification.fake("right")
        await #expect(throws: FakeFailure.self) { try await registry.fill(from: ScriptedSource(right, .fake("bad"))) }
        await #expect(throws: PoolConfigurationError.self) {
            try await registry.fill(from: ScriptedSource(right, .fake("a", .init(min: 3, max: 2))))
        }
        await #expect(throws: PoolConfigurationError.self) {
            try await registry.fill(from: ScriptedSource(right, .fake("a", .init(max: 60))))
        }
        for wrong in [PoolSpecification.fake("right"), .fake("a", url: "odd:1"), .fake("")] {
            await #expect(throws: PoolRegistryError.self) {
                try await registry.fill(from: ScriptedSource(right, wrong))
            }
        }
        try registry.define("mine") { ScriptedDriver() }
        await #expect(throws: PoolRegistryError.self) {
            try await registry.fill(from: ScriptedSource(right, .fake("mine")))
        }
        #expect(registry.names == ["mine"])
        #expect(try await registry.reload().pools.isEmpty, "no source that failed is asked again")
        try await registry.fill(from: ScriptedSource(right))
        await #expect(throws: PoolRegistryError.self, "it stands in two sources") {
            try await registry.fill(from: ScriptedSource(right))
        }
        await registry.shutdown()
        await #expect(throws: PoolRegistryError.self) { try await registry.fill(from: ScriptedSource(.fake("late"))) }
    }

    @Test func `a driver of its own type registers its schemes by itself`() async throws {
        try registry.register(LockedDriver.self)
        #expect(registry.schemes == ["bolt", "lock"])
        try registry.define("main", url: "Bolt:1", password: .fixed("hush"))
        try await registry.pool(named: "main", of: LockedDriver.self).withConnection {
            #expect($0 == "bolt:1 with hush")
        }
        await registry.shutdown()
    }

    @Test func `a driver asks for the password at each connect`() async throws {
        try registry.register("lock") { url, password in try LockedDriver(url: url, password: password) }
        let password = Shared("first")
        try registry.define(
            "main", url: "lock:1", password: .provider(from: "the test") { password.value },
            configuration: .init(max: 1))
        let pool = try registry.pool(named: "main", of: LockedDriver.self)
        try await pool.withConnection { #expect($0 == "lock:1 with first") }
        password.change { $0 = "second" }
        pool.recycle(.all)
        try await pool.withConnection { #expect($0 == "lock:1 with second") }
        await registry.shutdown()
    }

    @Test(
        arguments: [
            ("url://app@host/db?a=b", "url://app:p%40ss%2F%C3%A4%3F@host/db?a=b"),
            ("url://app:@host", "url://app:p%40ss%2F%C3%A4%3F@host"),
        ]) func `a driver that takes only a URL finds the password in it`(_ url: String, _ expected: String)
        async throws
    {
        let seen = Shared<[String]>([])
        try registry.register("url") { url in
            seen.change { $0.append(url) }
            return ScriptedDriver()
        }
        try registry.define("fixed", url: url, password: .fixed("p@ss/ä?"))
        _ = try registry.pool(named: "fixed")
        let provided = PoolSpecification(
            name: "asked", url: url, password: .provider(from: "the test") { "p@ss/ä?" })
        try await registry.fill(from: ScriptedSource(provided))
        #expect(Set(seen.value) == [expected])
        await registry.shutdown()
    }

    @Test(arguments: ["url:db", "url://host/db", "url://app:other@host/db", "url://@host"])
    func `a password that can't be put into the URL is refused, and not shown`(_ url: String) async throws {
        try registry.register("url") { _ in ScriptedDriver() }
        let refusal = message { try registry.define("main", url: url, password: .fixed("hush")) }
        #expect(refusal?.hasPrefix("pool 'main' has a password, but its driver takes one only in the URL") == true)
        #expect(refusal?.contains("hush") == false && refusal?.contains("other") == false)
        let asked = message {
            try registry.define("main", url: "url://app@h", password: .provider(from: "x") { "hush" })
        }
        #expect(asked?.contains("its driver takes only a URL") == true)
    }

    @Test func `a password and a specification show nothing of it`() {
        let fixed = PoolPassword.fixed("hush"), asked = PoolPassword.provider(from: "the file x") { "hush" }
        let pool = PoolSpecification(name: "main", url: "fake://a:hush@b", password: fixed)
        var told = "\(fixed) \(asked) \(pool)"
        debugPrint(fixed, asked, pool, to: &told)
        dump([fixed, asked], to: &told)
        dump(pool, to: &told)
        #expect(!told.contains("hush") && told.contains("<password from the file x>"))
    }

    @Test func `the registry lists what it holds`() async throws {
        #expect("\(registry)" == "no pools")
        try registry.register("fake") { _ in ScriptedDriver() }
        try registry.define("main", url: "FAKE://app:hush@host", configuration: .init(min: 1, max: 4))
        try registry.define("jobs") { OtherDriver() }
        try await registry.fill(from: ScriptedSource(.fake("filed")))
        let pool = try registry.pool(named: "main", of: ScriptedDriver.self)
        try await pool.warmUp()
        let lease = try await pool.lease()
        #expect(
            "\(registry)" == """
                main: ScriptedDriver, min 1, max 4, 1 on loan, 0 idle, 0 waiting, ready
                jobs: OtherDriver, min 0, max 10, not asked for yet
                filed: ScriptedDriver, min 0, max 10, not asked for yet
                """)
        #expect(registry.listings.map(\.scheme) == ["fake", nil, "fake"])
        #expect(registry.listings.map(\.isFromSource) == [false, false, true])
        lease.release()
        await registry.shutdown()
    }
}

/// Its connections are what they were opened with.
struct LockedDriver: URLDriver {
    static let schemes = ["lock", "bolt"]
    let url: String
    let password: PasswordProvider?

    init(url: String, password: PasswordProvider?) throws {
        self.url = url.lowercased()
        self.password = password
    }

    func connect() async throws -> String { "\(url) with \(try await password?() ?? "none")" }
    func validate(_ connection: String) async throws {}
    func close(_ connection: String, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
}
