public import PoolingCore

/// The ``BenchmarkTarget`` of a plugin.
@usableFromInline struct PluginTarget<Plugin: BenchmarkDriver>: BenchmarkTarget {
    let plugin: Plugin
    let driver: Plugin.Driver
    /// The loops, compiled for the plugin's own types by whoever registered it.
    let loops: ClientLoops<Plugin.Driver>

    @usableFromInline init(plugin: Plugin, driver: Plugin.Driver, loops: ClientLoops<Plugin.Driver>) {
        self.plugin = plugin
        self.driver = driver
        self.loops = loops
    }

    @usableFromInline var hasExecutor: Bool { plugin.clientExecutor(for: driver) != nil }

    @usableFromInline func check(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try driver.check(configuration)
    }

    @usableFromInline func reach() async throws -> String {
        try await withConnection { try await plugin.serverVersion($0) }
    }

    @usableFromInline func prepare(_ workload: Workload) async throws {
        do {
            try await withConnection { try await plugin.prepare([workload], on: $0) }
        } catch let failure as Unreachable {
            throw failure
        } catch {
            throw Unprepared(cause: error)
        }
    }

    @usableFromInline func holding(_ serviceTime: ServiceTime, _ tally: ServiceTally) -> any BenchmarkTarget {
        let held = HeldPlugin(base: plugin, serviceTime: serviceTime, tally: tally)
        return PluginTarget<HeldPlugin<Plugin>>(plugin: held, driver: driver, loops: ClientLoops(held, driver))
    }

    @usableFromInline func cleanUp() async {
        // A benchmark that has its results is not failed by what it leaves behind.
        try? await withConnection { try await plugin.cleanUp($0) }
    }

    @usableFromInline func run(_ plan: RunPlan) async throws -> RunMeasurement {
        switch plan.mode {
        case .pooled: try await runPooled(plan)
        case .dedicated: try await runDedicated(plan)
        case .unpooled: try await runUnpooled(plan)
        }
    }

    @usableFromInline func play(_ plan: SpikePlan) async throws -> SpikeReport {
        try await Spike(plugin: plugin, driver: driver, plan: plan).play()
    }

    @usableFromInline func play(
        _ plan: OutagePlan, _ kind: OutageKind, cut: @escaping @Sendable () -> Void,
        heal: @escaping @Sendable () -> Void
    ) async throws -> OutageReport {
        try await Outage(plugin: plugin, driver: driver, plan: plan, kind: kind, cut: cut, heal: heal).play()
    }

    private func runPooled(_ plan: RunPlan) async throws -> RunMeasurement {
        let pool = try Pool(driver, name: plan.pool, configuration: plan.configuration)
        let (loop, samples): (OpenLoop.Result, PoolSampler.Samples)
        do {
            do { try await pool.warmUp(timeout: Self.patience) } catch { throw Unreachable(cause: error) }
            let clock = RunClock(plan)
            (loop, samples) = try await PoolSampler(statistics: { pool.statistics }, clock: clock).during {
                if plan.rate != nil { return await arrivals(plan, clock, pool) }
                let records = await clients(plan, clock) { _, record in
                    await loops.pooled(plan.workload, pool, record)
                }
                return OpenLoop.Result(records: records, dropped: 0, arrived: 0)
            }
        } catch {
            _ = await pool.shutdown(within: .seconds(5))
            throw error
        }
        let connects = Int(pool.statistics.connected)
        _ = await pool.shutdown(within: .seconds(5))
        return RunMeasurement(
            clients: loop.records, connects: connects, peakConnections: samples.peakConnections,
            peakWaiting: samples.peakWaiting, poolParts: samples.parts, pool: plan.configuration, dropped: loop.dropped,
            arrived: loop.arrived)
    }

    private func arrivals(_ plan: RunPlan, _ clock: RunClock, _ pool: Pool<Plugin.Driver>) async -> OpenLoop.Result {
        let (plugin, driver, loops) = (plugin, driver, loops)
        return await OpenLoop(
            plan: plan, executor: { plan.executor == .driver ? plugin.clientExecutor(for: driver) : nil },
            perform: { try await loops.single(plan.workload, pool, $0) }
        ).run(clock)
    }

    private func runDedicated(_ plan: RunPlan) async throws -> RunMeasurement {
        var connections: [Plugin.Driver.Connection] = []
        do {
            for _ in 0..<plan.clients { connections.append(try await connect()) }
        } catch {
            for connection in connections { await close(connection) }
            throw error
        }
        let owned = connections
        let records = await clients(plan, RunClock(plan)) { client, record in
            await loops.dedicated(plan.workload, owned[client], record)
        }
        for connection in owned { await close(connection) }
        return RunMeasurement(clients: records, connects: owned.count, peakConnections: owned.count)
    }

    private func runUnpooled(_ plan: RunPlan) async throws -> RunMeasurement {
        let records = await clients(plan, RunClock(plan)) { _, record in await loops.unpooled(plan.workload, record) }
        return RunMeasurement(
            clients: records, connects: records.reduce(0) { $0 + $1.connects }, peakConnections: plan.clients)
    }

    /// Runs `body` once for each client, at the same time.
    private func clients(
        _ plan: RunPlan, _ clock: RunClock, _ body: @escaping @Sendable (Int, ClientRecord) async -> ClientRecord
    ) async -> [ClientRecord] {
        await withTaskGroup(of: ClientRecord.self) { group in
            for client in 0..<plan.clients {
                let executor = plan.executor == .driver ? plugin.clientExecutor(for: driver) : nil
                group.addTask(executorPreference: executor) {
                    await body(client, ClientRecord(client: client, clock: clock))
                }
            }
            var records: [ClientRecord] = []
            for await record in group { records.append(record) }
            return records
        }
    }

    // MARK: One connection outside of any pool

    static var patience: Duration { .seconds(10) }

    func connect() async throws -> Plugin.Driver.Connection {
        do {
            return try await withDeadline(Self.patience) { try await driver.connect() }
        } catch {
            throw Unreachable(cause: error)
        }
    }

    func close(_ connection: Plugin.Driver.Connection) async {
        await driver.close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }

    private func withConnection<R: Sendable>(_ body: (Plugin.Driver.Handle) async throws -> R) async throws -> R {
        let connection = try await connect()
        let handle = driver.lend(connection, loan: .unpooled)
        let result: Result<R, any Error>
        do { result = .success(try await body(handle)) } catch { result = .failure(error) }
        driver.reclaim(connection, loan: .unpooled)
        await close(connection)
        return try result.get()
    }
}

/// There is no connection to be had.
struct Unreachable: Error {
    var cause: any Error
}

/// The data set can't be made.
struct Unprepared: Error {
    var cause: any Error
}
