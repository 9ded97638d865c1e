public import CPoolingShims
public import Synchronization

/// A pool of connections.
///
/// It works from the moment it is made: `min` connections are opened in the background, more by need up to `max`.
/// ``shutdown(within:)`` ends it; a pool that is let go of without closes in the background and says so once.
public final class Pool<Driver: PoolDriver>: Sendable {
    @usableFromInline package let core: PoolCore
    @usableFromInline let adapter: DriverAdapter<Driver>
    @usableFromInline let store: ConnectionStore<Driver.Connection>
    @usableFromInline let slots: SlotTable
    @usableFromInline let hooks: DriverHooks
    @usableFromInline let loanExecutor: (any TaskExecutor)?
    @usableFromInline let blockingExecutor: BlockingExecutor?
    private let hasStarted = Atomic<Bool>(false)

    /// - Parameters:
    ///   - driver: opens, proves and closes the connections.
    ///   - name: for errors, metrics and logs. Default: "pool-" and a number.
    ///   - configuration: how it behaves.
    ///   - observers: are told what happens.
    /// - Throws: ``PoolConfigurationError`` if the configuration contradicts itself, or the driver refuses it or its own
    ///   settings.
    public convenience init(
        _ driver: Driver, name: String? = nil, configuration: PoolConfiguration = .init(),
        observers: [any PoolObserver] = []
    ) throws(PoolConfigurationError) {
        try self.init(driver, name: name, configuration: configuration, observers: observers, surroundings: nil)
    }

    /// A pool that the simulator plays, if it has surroundings. Without `starts` it opens nothing before ``start()``, and
    /// may be dropped before that without a word.
    package init(
        _ driver: Driver, name: String?, configuration: PoolConfiguration, observers: [any PoolObserver],
        surroundings: (any PoolSurroundings)?, starts: Bool = true
    ) throws(PoolConfigurationError) {
        try configuration.validate()
        try driver.check(configuration)
        hooks = driver.requiredHooks
        loanExecutor = driver.loanExecutor
        blockingExecutor = driver.loanExecutor as? BlockingExecutor
        adapter = DriverAdapter(driver, executor: surroundings?.executor)
        store = adapter.store
        core = PoolCore(
            adapter, hooks: hooks, name: name ?? PoolCore.nextDefaultName(), configuration: configuration,
            observers: observers, surroundings: surroundings)
        slots = core.slots
        core.events.attach(to: core)
        if starts { start() }
    }

    /// Called once.
    package func start() {
        hasStarted.store(true, ordering: .relaxed)
        core.start()
    }

    deinit { if hasStarted.load(ordering: .relaxed) { core.dropped() } }

    /// The driver that it was made with.
    public var driver: Driver { adapter.driver }

    /// What observers know it by.
    public var identity: PoolIdentity { core.identity }

    public var name: String { core.identity.name }

    // MARK: - Loans

    /// Lends a connection to `body` and takes it back when `body` returns or throws. Keeps the caller's isolation.
    ///
    /// If the driver names a ``PoolDriver/loanExecutor`` and the caller has no actor, `body` runs there, and the caller
    /// is back on its own executor afterwards.
    ///
    /// - Parameters:
    ///   - timeout: bounds the acquire: queue, connect, validate, prepare. Default: `acquireTimeout`.
    ///   - fileID, line: what reports of leaks and of exhaustion name as the place of the loan.
    /// - Throws: ``PoolError``, `CancellationError`, and what `body` throws.
    @inlinable @discardableResult
    public nonisolated(nonsending) func withConnection<R>(
        timeout: Duration? = nil, fileID: StaticString = #fileID, line: UInt = #line,
        _ body: nonisolated(nonsending) (Driver.Handle) async throws -> R
    ) async throws -> R {
        let site = LoanSite.word(fileID, line)
        if let loanExecutor {
            if let blockingExecutor, blockingExecutor.isCurrent { return try await lend(timeout, site, body) }
            return try await withLanding(on: loanExecutor) { try await self.lend(timeout, site, body) }
        }
        return try await lend(timeout, site, body)
    }

    @inlinable
    nonisolated(nonsending) func lend<R>(
        _ timeout: Duration?, _ site: UInt64, _ body: nonisolated(nonsending) (Driver.Handle) async throws -> R
    ) async throws -> R {
        if slots.followsChildTasks.load(ordering: .relaxed) { return try await lendFollowed(timeout, site, body) }
        let owner = pooling_current_task()
        let (loan, connection) =
            if let fast = takeFast(owner: owner, site: site) { fast } else {
                try await takeSlowly(timeout, .normal, owner: owner, site: site)
            }
        let result: R
        do {
            result = try await body(adapter.driver.lend(connection, loan: loan))
        } catch {
            finish(loan, connection, after: error)
            throw error
        }
        finish(loan, consume connection)
        return result
    }

    /// ``lend(_:_:_:)``, seen by the child tasks of the current one.
    @inlinable
    nonisolated(nonsending) func lendFollowed<R>(
        _ timeout: Duration?, _ site: UInt64, _ body: nonisolated(nonsending) (Driver.Handle) async throws -> R
    ) async throws -> R {
        let chain = LoanChain(in: identity)
        let (loan, connection) =
            if let fast = takeFast(owner: chain.owner, site: site) { fast } else {
                try await takeSlowly(timeout, .normal, owner: chain.owner, holds: chain.holds, site: site)
            }
        let result: R
        do {
            result = try await LoanChain.binding.withValue(chain) {
                try await body(adapter.driver.lend(connection, loan: loan))
            }
        } catch {
            finish(loan, connection, after: error)
            throw error
        }
        finish(loan, consume connection)
        return result
    }

    /// A loan that outlives a scope: ended by ``Lease/release()``, ``Lease/discard()``, ``Lease/detach()`` or by going
    /// out of scope.
    ///
    /// - Parameters:
    ///   - timeout: bounds the acquire. Default: `acquireTimeout`.
    ///   - priority: who is served first among those who wait.
    ///   - fileID, line: what reports of leaks and of exhaustion name as the place of the loan.
    /// - Throws: ``PoolError``, `CancellationError`.
    @inlinable
    public nonisolated(nonsending) func lease(
        timeout: Duration? = nil, priority: WaiterPriority = .normal, fileID: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Lease<Driver> {
        let site = LoanSite.word(fileID, line)
        if let (loan, connection) = takeFast(owner: 0, site: site) { return makeLease(loan, connection) }
        let (loan, connection) = try await takeSlowly(timeout, priority, owner: 0, site: site)
        return makeLease(loan, connection)
    }

    /// A lease if there is a connection that can be lent at once, without I/O; nil otherwise.
    ///
    /// ``PoolDriver/prepare(_:context:)`` is I/O: a driver that declares it never has a connection at once.
    @inlinable
    public func leaseIfAvailable(fileID: StaticString = #fileID, line: UInt = #line) -> Lease<Driver>? {
        let site = LoanSite.word(fileID, line)
        if let (loan, connection) = takeFast(owner: 0, site: site) { return makeLease(loan, connection) }
        return leaseByLock(site)
    }

    @usableFromInline
    func leaseByLock(_ site: UInt64) -> Lease<Driver>? {
        if let loan = core.checkoutSimulated(owner: 0, site: site),
            let connection = fitConnection(of: loan, wasFast: true)
        {
            core.tellGranted(loan)
            return makeLease(loan, connection)
        }
        // Each connection once: what is found unfit may be back, and unfit again, before the last one is looked at.
        for _ in 0..<slots.count.load(ordering: .relaxed) {
            guard let loan = core.acquireIfAvailable() else { return nil }
            if let connection = fitConnection(of: loan, wasFast: false) {
                // Between the grant and this moment a shutdown may have closed it.
                guard slots.confirm(loan, site: site) else {
                    core.takeBackUnused(loan, .broken, wasFast: false)
                    return nil
                }
                core.tellGranted(loan)
                return makeLease(loan, connection)
            }
        }
        return nil
    }

    @inlinable
    func makeLease(_ loan: LoanID, _ connection: Driver.Connection) -> Lease<Driver> {
        Lease(pool: self, loan: loan, raw: connection, connection: adapter.driver.lend(connection, loan: loan))
    }

    // MARK: - The life of the pool

    /// Waits until `min` connections, and at least one, are open, and one of them was proved just now.
    ///
    /// - Parameter timeout: Default: `acquireTimeout`.
    /// - Throws: ``PoolError`` with the cause, `CancellationError`.
    public nonisolated(nonsending) func warmUp(timeout: Duration? = nil) async throws {
        try await core.warmUp(timeout: timeout)
    }

    /// Changes the configuration while the pool works; no loan is ended. Connections beyond a lower `max` are closed
    /// when they come back.
    /// - Throws: ``PoolConfigurationError`` if the configuration contradicts itself or the driver refuses it: then nothing
    ///   has changed.
    public func apply(_ configuration: PoolConfiguration) throws(PoolConfigurationError) {
        try core.apply(checkedBy: adapter.driver) { $0 = configuration }
    }

    /// ``apply(_:)`` with other sizes.
    public func resize(min: Int, max: Int) throws(PoolConfigurationError) {
        try core.apply(checkedBy: adapter.driver) {
            $0.min = min
            $0.max = max
        }
    }

    /// Loans run on; new acquires wait, or fail if `suspensionPolicy` says so.
    public func suspend() { core.suspend() }
    public func resume() { core.resume() }

    /// Replaces connections: idle ones now, those on loan when they come back.
    public func recycle(_ scope: RecycleScope) { core.perform(.recycled(scope)) }

    /// A snapshot. O(connections); stops no loan of the fast path.
    public var statistics: PoolStatistics { core.statistics }

    /// Whether it can lend. Takes no connection.
    public var health: PoolHealth { core.health }

    public var configuration: PoolConfiguration { core.configuration }

    /// What happens from now on. Bounded; counts what it dropped.
    public func events() -> PoolEvents { core.subscribe() }

    /// Ends the pool: refuses those who wait and those who come, lets loans end until the deadline, closes everything.
    ///
    /// Calling it again, or from several tasks, gives the same report; the earliest deadline counts. Returns at most
    /// 100 ms after its deadline, whatever the driver does (F61).
    @discardableResult
    public nonisolated(nonsending) func shutdown(within timeout: Duration = .seconds(5)) async -> ShutdownReport {
        await core.shutdown(within: timeout)
    }
}
