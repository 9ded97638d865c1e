public import PoolingCore

/// What a client does from beginning to end, in each mode.
///
/// The three loops differ only in where the connection comes from. Two clock reads for each operation: when there was
/// a connection, and when it ended, which is also when the next one began. All of it is inlinable, so that it is
/// compiled for the driver at hand.
@usableFromInline struct ClientLoop<Plugin: BenchmarkDriver>: Sendable {
    @usableFromInline let plugin: Plugin
    @usableFromInline let driver: Plugin.Driver
    @usableFromInline let workload: Workload

    @inlinable init(plugin: Plugin, driver: Plugin.Driver, workload: Workload) {
        self.plugin = plugin
        self.driver = driver
        self.workload = workload
    }

    @inlinable func pooled(_ pool: Pool<Plugin.Driver>, _ record: ClientRecord) async -> ClientRecord {
        var record = record
        var began = RunClock.now()
        var turn = 0
        while began < record.clock.end {
            let choice = record.nextChoice()
            do {
                let acquired = try await pool.withConnection { handle in
                    let acquired = RunClock.now()
                    try await plugin.perform(workload, choice: choice, on: handle)
                    return acquired
                }
                let ended = RunClock.now()
                record.count(from: began, acquired: acquired, to: ended)
                began = ended
            } catch {
                record.fail(error)
                began = RunClock.now()
            }
            turn += 1
            if turn == ClientRecord.operationsPerTurn {
                turn = 0
                await Task.yield()
                began = RunClock.now()
            }
        }
        return record
    }

    @inlinable func single(_ pool: Pool<Plugin.Driver>, _ choice: UInt64) async throws -> Int64 {
        try await pool.withConnection { handle in
            let acquired = RunClock.now()
            try await plugin.perform(workload, choice: choice, on: handle)
            return acquired
        }
    }

    @inlinable func dedicated(_ connection: Plugin.Driver.Connection, _ record: ClientRecord) async -> ClientRecord {
        var record = record
        let handle = driver.lend(connection, loan: .unpooled)
        let landing = Landing(on: driver.loanExecutor)
        var began = RunClock.now()
        var turn = 0
        while began < record.clock.end {
            let choice = record.nextChoice()
            do {
                // As the pool lands for each loan.
                let acquired = try await landing.land {
                    let acquired = RunClock.now()
                    if workload == .connect { try await driver.validate(connection) }
                    try await plugin.perform(workload, choice: choice, on: handle)
                    return acquired
                }
                let ended = RunClock.now()
                record.count(from: began, acquired: acquired, to: ended)
                began = ended
            } catch {
                record.fail(error)
                began = RunClock.now()
            }
            turn += 1
            if turn == ClientRecord.operationsPerTurn {
                turn = 0
                await Task.yield()
                began = RunClock.now()
            }
        }
        driver.reclaim(connection, loan: .unpooled)
        return record
    }

    @inlinable func unpooled(_ record: ClientRecord) async -> ClientRecord {
        var record = record
        let landing = Landing(on: driver.loanExecutor)
        while true {
            let began = RunClock.now()
            guard began < record.clock.end else { return record }
            let choice = record.nextChoice()
            do {
                let acquired = try await landing.land {
                    let connection = try await driver.connect()
                    let acquired = RunClock.now()
                    do {
                        if workload == .connect { try await driver.validate(connection) }
                        let handle = driver.lend(connection, loan: .unpooled)
                        defer { driver.reclaim(connection, loan: .unpooled) }
                        try await plugin.perform(workload, choice: choice, on: handle)
                    } catch {
                        await close(connection)
                        throw error
                    }
                    await close(connection)
                    return acquired
                }
                let ended = RunClock.now()
                if ended >= record.clock.begin { record.connects += 1 }
                record.count(from: began, acquired: acquired, to: ended)
            } catch {
                record.fail(error)
            }
            await Task.yield()
        }
    }

    @inlinable func close(_ connection: Plugin.Driver.Connection) async {
        await driver.close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }
}

/// What the pool does with the body of a loan, at the same cost: where the caller is there already, one look at the
/// thread.
@usableFromInline struct Landing: Sendable {
    @usableFromInline let executor: (any TaskExecutor)?
    @usableFromInline let blockingExecutor: BlockingExecutor?

    @usableFromInline init(on executor: (any TaskExecutor)?) {
        self.executor = executor
        blockingExecutor = executor as? BlockingExecutor
    }

    @inlinable nonisolated(nonsending) func land<R>(
        _ body: nonisolated(nonsending) () async throws -> R
    ) async throws -> R {
        guard let executor else { return try await body() }
        if let blockingExecutor, blockingExecutor.isCurrent { return try await body() }
        return try await withLanding(on: executor, body)
    }
}
