import PoolingCore
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
    let registry = PoolRegistry()

    private func fill(_ source: ScriptedSource, _ script: ScriptedDriver.Script = .init()) async throws {
        try registry.register("fake", "mock") { _ in ScriptedDriver(script) }
        try registry.register("lock") { url, password in try LockedDriver(url: url, password: password) }
        try await registry.fill(from: source)
    }

    @Test func `every pool becomes what the source says, and the report says what became of it`() async throws {
        let source = ScriptedSource(
            .fake("same"), .fake("grown", .init(max: 2)), .fake("unmade", .init(max: 2)), .fake("moved"),
            .fake("unmoved"), .fake("gone"))
        try await fill(source)
        for name in ["same", "grown", "moved", "gone"] { _ = try registry.pool(named: name) }
        source.change("grown") {
            $0.configuration.max = 5
            $0.configuration.acquireTimeout = .seconds(90)
            $0.configuration.maxUses = 7
        }
        source.change("unmade") { $0.configuration.max = 6 }
        source.change("moved") {
            $0.url = "mock:2"
            $0.configuration.max = 7
        }
        source.change("unmoved") { $0.url = "mock:2" }
        source.says.change {
            $0.removeLast()
            $0.append(.fake("new", .init(max: 8)))
        }
        let report = try await registry.reload()
        #expect(
            "\(report)" == """
                same: unchanged
                grown: max 2 → 5, acquireTimeout 30 s → 90 s, maxUses none → 7
                unmade: max 2 → 6
                moved: unchanged, since its URL is another now, which needs a new pool: remove("moved"), then reload again
                unmoved: another URL, which counts when it is first asked for
                new: added
                gone: named no more, and kept; remove("gone") shuts it down
                """)
        #expect(!report.isComplete && report["same"] == .unchanged && report["nobody"] == nil)
        #expect(
            try registry.pool(named: "grown").configuration == .init(max: 5, acquireTimeout: .seconds(90), maxUses: 7))
        #expect(try registry.pool(named: "unmade").configuration.max == 6)
        #expect(try registry.pool(named: "moved").configuration.max == 10, "nothing of it was changed")
        #expect(registry.names == ["same", "grown", "unmade", "moved", "unmoved", "gone", "new"])

        // What the report advises.
        let old = try registry.pool(named: "moved")
        await registry.remove("moved")
        await registry.remove("gone")
        let second = try await registry.reload()
        #expect(second["moved"] == .added && second["gone"] == nil && second.isComplete)
        #expect(try registry.pool(named: "moved") !== old && registry.pool(named: "moved").configuration.max == 7)
        await registry.shutdown()
    }

    @Test func `no loan ends when max becomes another under load`() async throws {
        let source = ScriptedSource(.fake("main", .init(max: 8)))
        let driver = ScriptedDriver()
        try registry.register("fake") { _ in driver }
        try await registry.fill(from: source)
        let pool = try registry.pool(named: "main", of: ScriptedDriver.self)
        let loans = Shared(0), stop = Shared(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    while !stop.value {
                        try await pool.withConnection { connection in
                            await Task.yield()
                            #expect(driver.books.value.open.contains(connection.number), "the loan has not ended")
                        }
                        loans.change { $0 += 1 }
                    }
                }
            }
            for max in [2, 12, 1, 8] {
                let before = loans.value
                source.change("main") { $0.configuration.max = max }
                try await registry.reload()
                #expect(pool.configuration.max == max)
                #expect(
                    await becomes(within: .seconds(30)) { loans.value > before + 50 && pool.statistics.total <= max })
            }
            stop.change { $0 = true }
            try await group.waitForAll()
        }
        #expect(await registry.shutdown()["main"]?.isClean == true)
    }

    @Test func `a mistake anywhere changes nothing at all`() async throws {
        let source = ScriptedSource(.fake("a", .init(max: 2)), .fake("b", .init(max: 2)))
        try await fill(source)
        try registry.define("code") { ScriptedDriver() }
        let pool = try registry.pool(named: "a")
        source.change("a") { $0.configuration.max = 9 }
        let wrong: [PoolSpecification] = [
            .fake("b", .init(max: 0)), .fake("b", url: "odd:1"), .fake("a"), .fake("code"), .fake(""),
        ]
        for wrong in wrong {
            source.says.change { $0[1] = wrong }
            await #expect(throws: (any Error).self) { try await registry.reload() }
            #expect(pool.configuration.max == 2 && registry.names == ["a", "b", "code"])
        }
        source.onReading.change { $0 = { throw ScriptedSource.Refused() } }
        await #expect(throws: ScriptedSource.Refused.self) { try await registry.reload() }
        #expect(pool.configuration.max == 2)
        source.onReading.change { $0 = {} }
        source.says.change { $0[1] = .fake("b", .init(max: 2)) }
        let report = try await registry.reload()
        #expect("\(report)" == "a: max 2 → 9\nb: unchanged")
        await registry.shutdown()
    }

    @Test func `what code has changed is changed back`() async throws {
        let source = ScriptedSource(.fake("main", .init(max: 4)))
        try await fill(source)
        try registry.pool(named: "main").resize(min: 1, max: 9)
        let report = try await registry.reload()
        #expect("\(report)" == "main: min 1 → 0, max 9 → 4")
        #expect(try registry.pool(named: "main").configuration == .init(max: 4))
        await registry.shutdown()
    }

    @Test func `pools that are named no more are shut down if that is asked for`() async throws {
        let source = ScriptedSource(.fake("made"), .fake("unmade"), .fake("kept"))
        try await fill(source)
        let pool = try registry.pool(named: "made", of: ScriptedDriver.self)
        try await pool.withConnection { _ in }
        source.says.change { $0 = [.fake("kept")] }
        let report = try await registry.reload(removed: .shutDown(within: .seconds(20)))
        #expect(registry.names == ["kept"] && pool.statistics.total == 0)
        guard case .removed(let ending?) = report["made"] else { throw FakeFailure(text: "\(report)") }
        #expect(ending.isClean && ending.closed == 1)
        #expect(
            "\(report)" == """
                kept: unchanged
                made: named no more, and shut down
                unmade: named no more, and forgotten
                """)
        #expect(report.isComplete)
        await registry.shutdown()
    }

    @Test(.timeLimit(.minutes(1))) func `pools that are named no more end together, and none uses up another's time`()
        async throws
    {
        let names = ["a", "b", "c"]
        let source = ScriptedSource(.fake("a"), .fake("b"), .fake("c"))
        try await fill(source)
        let a = try await registry.pool(named: "a", of: ScriptedDriver.self).lease()
        let b = try await registry.pool(named: "b", of: ScriptedDriver.self).lease()
        let c = try await registry.pool(named: "c", of: ScriptedDriver.self).lease()
        let pools = registry.pools
        source.says.change { $0 = [] }
        let reloading = Task { [registry] in try await registry.reload(removed: .shutDown(within: .seconds(50))) }
        #expect(await becomes { pools.allSatisfy { isDown($0) } })
        a.release()
        b.release()
        c.release()
        let report = try await reloading.value
        for name in names {
            guard case .removed(let ending?) = report[name] else { throw FakeFailure(text: "\(report)") }
            #expect(ending.isClean)
        }
        await registry.shutdown()
    }

    @Test func `a driver that refuses only at the last moment is reported, and the others are changed`() async throws {
        let refuses = Shared(false), checks = Shared(0)
        let source = ScriptedSource(.fake("a", .init(max: 2)), .fake("b", .init(max: 2)))
        try await fill(
            source,
            .init(check: { configuration throws(PoolConfigurationError) in
                // The check of a plan passes, and that of the pool does not.
                let count = checks.change {
                    $0 += 1
                    return $0
                }
                if refuses.value, configuration.max == 3, count > 1 {
                    throw PoolConfigurationError(field: "max", value: "3", rule: "is too much today")
                }
            }))
        let pools = try ["a", "b"].map { try registry.pool(named: $0) }
        source.change("a") { $0.configuration.max = 3 }
        source.change("b") { $0.configuration.max = 4 }
        checks.change { $0 = 0 }
        refuses.change { $0 = true }
        let report = try await registry.reload()
        #expect(pools.map(\.configuration.max) == [2, 4])
        #expect(
            "\(report)" == """
                a: unchanged, since its driver refuses: max is 3, but is too much today
                b: max 2 → 4
                """)
        #expect(!report.isComplete)
        await registry.shutdown()
    }

    @Test func `another password's source needs a new pool, and the same source does not`() async throws {
        let password = Shared("first")
        let asked = PoolPassword.provider(from: "a file") { password.value }
        let source = ScriptedSource(
            .init(name: "asked", url: "lock:1", password: asked),
            .init(name: "fixed", url: "lock:2", password: .fixed("hush")),
            .init(name: "written", url: "mock://app@host", password: asked))
        try await fill(source)
        for name in registry.names { _ = try registry.pool(named: name) }
        #expect(try await registry.reload().isComplete)
        password.change { $0 = "second" }
        let rotated = try await registry.reload()
        #expect(rotated["asked"] == .unchanged && rotated["written"] == .needsNewPool("password"))
        source.change("asked") { $0.password = .provider(from: "another file") { "first" } }
        source.change("fixed") { $0.password = .fixed("hush hush") }
        let other = try await registry.reload()
        #expect(other["asked"] == .needsNewPool("password") && other["fixed"] == .needsNewPool("password"))
        source.change("fixed") { $0.url = "fake:2" }
        source.change("fixed") { $0.password = nil }
        #expect(try await registry.reload()["fixed"] == .needsNewPool("driver"))
        #expect(!"\(other)".contains("hush"))
        await registry.shutdown()
    }

    @Test func `reloads are done one after the other, in the order in which they were asked for`() async throws {
        let source = ScriptedSource(.fake("main"))
        try await fill(source)
        let inside = Shared(0), most = Shared(0), readings = Shared(0)
        source.onReading.change {
            $0 = {
                let now = inside.change {
                    $0 += 1
                    return $0
                }
                most.change { $0 = max($0, now) }
                for _ in 0..<20 { await Task.yield() }
                readings.change { $0 += 1 }
                inside.change { $0 -= 1 }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { [registry] in try await registry.reload() } }
            try await group.waitForAll()
        }
        #expect(readings.value == 20 && most.value == 1)
        await registry.shutdown()
    }

    @Test func `a reload that is cancelled while its source is asked changes nothing, and the next one goes on`()
        async throws
    {
        let source = ScriptedSource(.fake("main", .init(max: 2)))
        try await fill(source)
        let pool = try registry.pool(named: "main")
        let isAsked = Shared(false)
        source.change("main") { $0.configuration.max = 3 }
        source.onReading.change {
            $0 = {
                isAsked.change { $0 = true }
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let reload = Task { [registry] in try await registry.reload() }
        #expect(await becomes { isAsked.value })
        reload.cancel()
        await #expect(throws: CancellationError.self) { try await reload.value }
        #expect(pool.configuration.max == 2)
        source.onReading.change { $0 = {} }
        #expect(try await registry.reload().isComplete && pool.configuration.max == 3)
        await registry.shutdown()
        await #expect(throws: PoolRegistryError.self) { try await registry.reload() }
    }

    @Test func `a pool that is being made while it is redefined is made anew`() async throws {
        let isMaking = Shared(false), mayGoOn = Shared(false)
        try registry.register("fake") { url in
            // The reload makes one, too, to look at it, on another thread.
            if BlockingExecutor.shared.isCurrent, !isMaking.value {
                isMaking.change { $0 = true }
                let limit = ContinuousClock.now + .seconds(30)
                while !mayGoOn.value, ContinuousClock.now < limit {}
            }
            return ScriptedDriver()
        }
        let source = ScriptedSource(.fake("main", .init(max: 2)))
        try await registry.fill(from: source)
        let making = Task { [registry] in
            try await BlockingExecutor.shared.run { try registry.pool(named: "main") }
        }
        #expect(await becomes(within: .seconds(30)) { isMaking.value })
        source.change("main") { $0.configuration.max = 3 }
        #expect("\(try await registry.reload())" == "main: max 2 → 3")
        mayGoOn.change { $0 = true }
        let pool = try await making.value
        #expect(try pool.configuration.max == 3 && registry.pool(named: "main") === pool)
        await registry.shutdown()
    }

    @Test func `a pool that is made while it is redefined is one of the two, whole`() async throws {
        for round in 0..<200 {
            let registry = PoolRegistry()
            try registry.register("fake") { _ in ScriptedDriver() }
            let source = ScriptedSource(.fake("main", .init(max: 2)))
            try await registry.fill(from: source)
            source.change("main") { $0.configuration.max = 3 }
            async let made = registry.pool(named: "main")
            async let report = registry.reload()
            let (pool, _) = try await (made, report)
            #expect(pool.configuration.max == 3, "round \(round): the reload has ended, and counts")
            #expect(try registry.pool(named: "main") === pool)
            await registry.shutdown()
        }
    }

    @Test func `two sources are asked both`() async throws {
        let first = ScriptedSource(.fake("a")), second = ScriptedSource(.fake("b"))
        try await fill(first)
        try await registry.fill(from: second)
        second.says.change { $0.append(.fake("c")) }
        #expect(try await registry.reload().pools.map(\.name) == ["a", "b", "c"])
        // Pools may move from one to the other, and not stand in both.
        first.says.change { $0.append(.fake("c")) }
        await #expect(throws: PoolRegistryError.self) { try await registry.reload() }
        second.says.change { $0.removeLast() }
        #expect(try await registry.reload()["c"] == .unchanged)
        await registry.shutdown()
    }
}
