import PoolingCore

// What comes from outside by itself: clients, and what the owner of the pool does.

extension ShellSimulation {
    func happenSpontaneously() {
        guard script.crowd > 0, !hasHealed, !world.isEnding || reports.count < shutdownCalls else { return }
        if world.clients.count < script.crowd { startClient(errand()) }
        if world.dice.chance(12) { turnAKnob() }
        if world.dice.chance(6), !world.clients.isEmpty {
            cancel(world.clients[world.dice.below(world.clients.count)])
        }
        if world.dice.chance(6) { rot() }
        // Who is refused at once makes room for another at once.
        let isRush = !world.isEnding && world.dice.chance(script.rush)
        let pace = world.isEnding ? 10 * script.pace : script.pace
        let pause = isRush ? 0 : world.dice.span(pace / 20, pace)
        world.agenda.plan(.spontaneous, at: world.time + pause)
    }

    private func errand() -> Errand {
        switch world.dice.below(100) {
        case 0...39: .scope
        case 40...64: .lease
        case 65...74: .failingScope
        case 75...80: .nested
        case 81...87: .shared
        case 88...95: .ifAvailable
        default: .warmUp
        }
    }

    /// A connection fails while nobody looks.
    private func rot() {
        guard script.hooks.contains(.condition), !world.connections.isEmpty else { return }
        let recent = Swift.min(world.connections.count, 8)
        let connection = world.connections[world.connections.count - 1 - world.dice.below(recent)]
        guard connection.stage == .open, connection.loan == nil, connection.call == nil else { return }
        connection.condition = [.suspect, .broken, .dirty][world.dice.below(3)]
        world.note(34, Int64(connection.number), "c\(connection.number) becomes \(connection.condition)")
    }

    private func turnAKnob() {
        guard let pool else { return }
        switch world.dice.below(20) {
        case 0...5: resize(pool)
        case 6, 7:
            var new = ShellScript.configuration(&world.dice)
            new.max = Swift.max(new.max, new.min)
            apply(new, to: pool)
            world.coverage.reached(.reconfigured)
        case 8...10:
            world.note(35, 1, "suspend")
            world.isSuspended = true
            for client in world.clients { client.acquire?.sawSuspension = true }
            pool.suspend()
        case 11...14: resume(pool)
        case 15, 16: recycle(.idle, pool)
        case 17: recycle(.all, pool)
        case 18:
            let id = ConnectionID(rawValue: UInt64(1 + world.dice.below(Swift.max(1, world.connections.count))))
            recycle(.connection(id), pool)
        default:
            guard script.isDropped || world.dice.chance(30) else { return }
            if script.isDropped { drop() } else { endAbruptly() }
        }
    }

    func resume(_ pool: Pool<SimulatedDriver>) {
        world.note(35, 0, "resume")
        world.isSuspended = false
        pool.resume()
    }

    private func recycle(_ scope: RecycleScope, _ pool: Pool<SimulatedDriver>) {
        world.note(36, 0, "recycle \(scope)")
        if scope == .all, world.lentCount > 0 { world.coverage.reached(.recycledWhileLent) }
        pool.recycle(scope)
    }

    private func resize(_ pool: Pool<SimulatedDriver>) {
        let max = 1 + world.dice.below(6)
        if max < world.lentCount { world.coverage.reached(.resizedBelowUse) }
        if max > configuration.max { world.coverage.reached(.resizedUp) }
        var new = configuration
        new.max = max
        new.min = world.dice.chance(50) ? 0 : world.dice.below(max + 1)
        new.minIdle = Swift.min(new.minIdle, max)
        apply(new, to: pool)
    }

    func apply(_ new: PoolConfiguration, to pool: Pool<SimulatedDriver>) {
        configuration = new
        noteLimits()
        world.note(37, Int64(new.min), Int64(new.max), "apply min \(new.min), max \(new.max)")
        do { try pool.apply(new) } catch { world.problem("a configuration was refused: \(error)") }
    }

    // MARK: - The end

    /// The end is most interesting where much begins.
    func endAbruptly() {
        guard let pool else { return }
        if world.dice.chance(50) { for _ in 0..<script.crowd { startClient(errand()) } }
        shutDown(pool)
    }

    func shutDown(_ pool: Pool<SimulatedDriver>, within timeout: Duration? = nil) {
        let timeout = timeout ?? (world.dice.chance(30) ? .zero : world.dice.duration(0, 200))
        world.isEnding = true
        if shutdownCalls == 0 { shutdownLag = world.lag }
        shutdownCalls += 1
        world.note(38, timeout.inNanoseconds, "shutdown within \(timeout)")
        Task.detached(executorPreference: world.executor) { [self] in
            let deadline = world.time + timeout.inNanoseconds
            shutdownDeadline = Swift.min(shutdownDeadline, deadline)
            world.forcedFrom = shutdownDeadline
            let report = await pool.shutdown(within: timeout)
            world.note(39, Int64(report.closed), Int64(report.abandoned), "\(report)")
            ended(report)
        }
        if world.dice.chance(30), shutdownCalls < 4 {
            world.coverage.reached(.secondShutdown)
            shutDown(pool)
        }
    }

    private func ended(_ report: ShutdownReport) {
        if let first = reports.first { world.require(first == report, "two calls of shutdown got different reports") }
        reports.append(report)
        let late = world.time - shutdownDeadline - (world.lag - shutdownLag)
        world.require(late <= 100_000_000, "shutdown returned \(late) ns after its deadline")
    }

    /// The owner forgets the pool.
    func drop() {
        if world.lentCount > 0 { world.coverage.reached(.droppedWithLoans) }
        world.isDropped = true
        world.note(41, 0, "the pool is let go of")
        letGo()
    }
}
