import Logging
import PoolingCore
import ServiceLifecycle
import Testing

@Suite struct PoolRegistryTests {
    let registry = PoolRegistry()

    @Test func `a definition opens nothing, and its pool is made when it is asked for`() async throws {
        let driver = ScriptedDriver()
        let made = Shared(0)
        try registry.define("main", configuration: .init(min: 1)) {
            made.change { $0 += 1 }
            return driver
        }
        #expect(registry.names == ["main"] && registry.pools.isEmpty)
        #expect(made.value == 0 && driver.books.value.connected == 0)
        let pool = try registry.pool(named: "main", of: ScriptedDriver.self)
        #expect(pool.name == "main" && pool.configuration.min == 1)
        #expect(await becomes { driver.books.value.connected == 1 }, "min is opened in the background")
        #expect(try registry.pool(named: "main", of: ScriptedDriver.self) === pool)
        #expect(try registry.pool(named: "main") === pool)
        #expect(made.value == 1 && registry.pools.count == 1)
        #expect(await registry.shutdown()["main"]?.isClean == true)
    }

    @Test(.timeLimit(.minutes(1))) func `many who ask at once get one pool, and no other has opened anything`()
        async throws
    {
        let (made, connected) = (Shared(0), Shared(0))
        for round in 0..<50 {
            try registry.define("pool \(round)", configuration: .init(min: 1)) {
                made.change { $0 += 1 }
                return ScriptedDriver(.init(connect: { _ in connected.change { $0 += 1 } }))
            }
            let found = try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
                for _ in 0..<8 {
                    group.addTask { [registry] in ObjectIdentifier(try registry.pool(named: "pool \(round)")) }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(found.count == 1)
        }
        #expect(await becomes { connected.value == 50 })
        #expect(made.value >= 50 && registry.pools.count == 50)
        let reports = await registry.shutdown()
        #expect(reports.count == 50 && reports.values.allSatisfy(\.isClean))
        #expect(connected.value == 50, "of \(made.value) drivers that were made, fifty were used")
    }

    @Test func `F63: what stands before a colon and is no scheme is not shown`() throws {
        try registry.register("fake") { _ in ScriptedDriver() }
        for url in ["password=hush host=db:5432 user=app", "hush@db:5432/app", "hush canary:x"] {
            let text = message { try registry.define("main", url: url) }
            #expect(text?.contains("begins with no scheme") == true && text?.contains("hush") == false, "\(text ?? "")")
        }
    }

    @Test func `who shuts down at the same time waits for the same pools, and is told the same`() async throws {
        let gate = Gate()
        let driver = ScriptedDriver(.init(close: { _ in await gate.wait() }))
        try await registry.pool(named: "main", driver: driver).withConnection { _ in }
        let first = Task { [registry] in await registry.shutdown(within: .seconds(30)) }
        #expect(await becomes { !driver.books.value.open.isEmpty && isShutDown })
        let second = Task { [registry] in await registry.shutdown(within: .seconds(30)) }
        gate.open()
        let reports = await (first.value, second.value)
        #expect(reports.0.keys.sorted() == ["main"])
        #expect(reports.1.isEmpty || reports.0 == reports.1)
        #expect(registry.names.isEmpty && driver.books.value.open.isEmpty)
    }

    private var isShutDown: Bool {
        do { try registry.define("never") { ScriptedDriver() } } catch { return true }
        return false
    }

    @Test func `the same again is no error; another driver, URL or configuration is one`() async throws {
        try registry.register("fake", "mock") { _ in ScriptedDriver() }
        try registry.define("main", url: "fake:1?password=hush")
        try registry.define("main", url: "fake:1?password=hush")
        #expect(message { try registry.define("main", url: "mock:2?password=hush") }?.contains("another URL") == true)
        #expect(message { try registry.define("main", url: "fake:2?password=hush") }?.contains("hush") == false)
        let other = message { try registry.define("main", url: "fake:1?password=hush", configuration: .init(max: 3)) }
        #expect(other?.contains("pool 'main' is defined already with another configuration") == true)
        #expect(
            message { try registry.define("main") { OtherDriver() } }?.contains("another driver (ScriptedDriver)")
                == true)

        let first = try registry.pool(named: "jobs", configuration: .init(max: 2), driver: ScriptedDriver())
        #expect(try registry.pool(named: "jobs", configuration: .init(max: 2), driver: ScriptedDriver()) === first)
        #expect(throws: PoolRegistryError.self) {
            try registry.pool(named: "jobs", configuration: .init(max: 3), driver: ScriptedDriver())
        }
        // What was changed live is another matter.
        try first.resize(min: 0, max: 5)
        #expect(try registry.pool(named: "jobs", configuration: .init(max: 2), driver: ScriptedDriver()) === first)
        await registry.shutdown()
    }

    @Test func `a wrong question gets a sentence, and makes nothing`() async throws {
        try registry.define("main") { ScriptedDriver() }
        try registry.define("jobs") { ScriptedDriver() }
        #expect(
            message { _ = try registry.pool(named: "mian") }
                == "no pool is defined by the name 'mian'; defined are 'main', 'jobs'")
        #expect(
            message { _ = try registry.pool(named: "main", of: OtherDriver.self) }
                == "pool 'main' has connections of ScriptedDriver, not of OtherDriver")
        #expect(registry.pools.isEmpty)
        #expect(
            message { try registry.define("web", url: "odd://user:hush@host") }
                == "pool 'web': no driver is registered for the scheme 'odd'; register() a driver first")
        try registry.register("FAKE") { _ in ScriptedDriver() }
        #expect(
            message { try registry.define("web", url: "hush") }
                == "pool 'web': the URL begins with no scheme; known are 'fake'")
        #expect(
            message { try registry.register("mock", "Fake") { _ in OtherDriver() } }
                == "the scheme 'fake' has a driver already")
        #expect(registry.schemes == ["fake"], "all of them or none")
        #expect(message { try registry.define("") { ScriptedDriver() } } == "the name of a pool must not be empty")
        #expect(message { try registry.register("") { _ in OtherDriver() } } == "the scheme of a URL must not be empty")
        try registry.define("web", url: "Fake:1")
        #expect(try registry.pool(named: "web").name == "web")
        await registry.shutdown()
    }

    @Test func `a driver that can't be made now may be made later`() async throws {
        let works = Shared(false)
        try registry.define("main", configuration: .init(min: 3, max: 2)) { ScriptedDriver() }
        #expect(throws: PoolConfigurationError.self) { try registry.pool(named: "main") }
        try registry.define("late") {
            if !works.value { throw FakeFailure() }
            return ScriptedDriver()
        }
        #expect(throws: FakeFailure.self) { try registry.pool(named: "late") }
        #expect(throws: FakeFailure.self) { try registry.pool(named: "late") }
        works.change { $0 = true }
        #expect(try registry.pool(named: "late").name == "late")
        await registry.shutdown()
    }

    @Test func `a driver may use the registry while it is made`() async throws {
        try registry.define("inner") { ScriptedDriver() }
        try registry.define("outer") { [registry] in
            _ = try registry.pool(named: "inner", of: ScriptedDriver.self)
            return ScriptedDriver()
        }
        _ = try registry.pool(named: "outer")
        #expect(registry.pools.map(\.name) == ["inner", "outer"])
        await registry.shutdown()
    }

    @Test func `observers see every pool`() async throws {
        let log = EventLog()
        let registry = PoolRegistry(observers: [log])
        let pool = try registry.pool(named: "main", driver: ScriptedDriver())
        try await pool.withConnection { _ in }
        #expect(log.count(\.isGranted) == 1)
        await registry.shutdown()
    }

    @Test func `a pool that is removed is shut down, and its name is free`() async throws {
        let driver = ScriptedDriver()
        let pool = try registry.pool(named: "tenant", driver: driver)
        try await pool.withConnection { _ in }
        #expect(await registry.remove("tenant")?.isClean == true)
        #expect(driver.books.value.open.isEmpty && registry.names.isEmpty)
        await #expect(throws: PoolError.self) { try await pool.withConnection { _ in } }
        #expect(await registry.remove("tenant") == nil)
        let next = try registry.pool(named: "tenant", configuration: .init(max: 1), driver: ScriptedDriver())
        #expect(next !== pool)
        await registry.shutdown()
    }

    @Test func `its service warms everything up and ends everything`() async throws {
        let driver = ScriptedDriver()
        try registry.define("main", configuration: .init(min: 2)) { driver }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: registry)], logger: .init(label: "test") { _ in SilentLog() }))
        let running = Task { try await group.run() }
        #expect(await becomes { driver.books.value.open.count == 2 })
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(driver.books.value.open.isEmpty)
        #expect(throws: PoolRegistryError.self) { try registry.pool(named: "main") }
    }
}

/// What `body` throws, in words.
func message(of body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch { return "\(error)" }
}

struct OtherDriver: PoolDriver {
    func connect() async throws -> Int { 0 }
    func validate(_ connection: Int) async throws {}
    func close(_ connection: Int, reason: CloseReason, deadline: ContinuousClock.Instant) async {}
}
