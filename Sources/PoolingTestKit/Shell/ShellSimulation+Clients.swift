import PoolingCore

// The tasks of the application.

extension ShellSimulation {
    /// What a client does with the pool.
    enum Errand: Int, CaseIterable {
        case scope, nested, failingScope, lease, shared, ifAvailable, warmUp
        /// Those of ``ShellMatrix``.
        case leavesDirt, throwsAway
    }

    @discardableResult
    func startClient(_ errand: Errand, timeout: Duration? = nil) -> ShellClient? {
        guard let pool else { return nil }
        clientsMade += 1
        let client = ShellClient(number: clientsMade)
        let timeout = timeout ?? (world.dice.chance(60) ? nil : world.dice.duration(0, 400))
        let limit = timeout ?? configuration.acquireTimeout
        world.clients.append(client)
        world.note(33, Int64(client.number), Int64(errand.rawValue), "client \(client.number) comes: \(errand)")
        client.task = Task.detached(executorPreference: world.executor) { [self] in
            world.register(client)
            switch errand {
            case .scope: await borrow(client, pool, limit)
            case .nested: await borrow(client, pool, limit, depth: 1 + world.dice.below(2))
            case .failingScope: await borrow(client, pool, limit, fails: true)
            case .lease: await lease(client, pool, limit)
            case .shared: await share(client, pool, limit)
            case .ifAvailable: await takeWhatIsThere(client, pool)
            case .warmUp: await warmUp(client, pool, limit)
            case .leavesDirt: await borrow(client, pool, limit, leaving: .dirty)
            case .throwsAway: await borrow(client, pool, limit, leaving: .broken)
            }
            world.unregister(client)
            client.task = nil
        }
        if script.crowd > 0, world.dice.chance(12) {
            let pause = world.dice.chance(40) ? 0 : world.dice.span(0, 2 * script.longestUse)
            world.agenda.plan(.cancel(client), at: world.time + pause)
        }
        return client
    }

    private func borrow(
        _ client: ShellClient, _ pool: Pool<SimulatedDriver>, _ timeout: Duration, depth: Int = 0,
        fails: Bool = false, leaving condition: ConnectionCondition? = nil
    ) async {
        let acquire = world.begin(client, level: 1, timeout: timeout)
        do {
            try await pool.withConnection(timeout: timeout) { handle in
                world.granted(client, acquire)
                client.holding += 1
                await use(handle)
                if depth > 0 {
                    world.coverage.reached(.nestedLoan)
                    await borrow(client, pool, timeout, depth: depth - 1)
                }
                client.holding -= 1
                leave(handle, isClean: fails || condition != nil)
                if let condition { handle.connection.condition = condition }
                if fails { throw SimulatedDriver.Failure(verdict: verdict(on: handle)) }
            }
        } catch {
            if !(error is SimulatedDriver.Failure) { world.refused(client, acquire, error) }
        }
    }

    private func lease(_ client: ShellClient, _ pool: Pool<SimulatedDriver>, _ timeout: Duration) async {
        let level = world.dice.below(3)
        let acquire = world.begin(client, level: level, timeout: timeout)
        let lease: Lease<SimulatedDriver>
        do {
            lease = try await pool.lease(timeout: timeout, priority: [.high, .normal, .low][level])
        } catch { return world.refused(client, acquire, error) }
        world.granted(client, acquire)
        await use(lease.connection)
        end(lease)
    }

    private func end(_ lease: consuming Lease<SimulatedDriver>) {
        let handle = lease.connection
        let way = world.dice.below(20)
        leave(handle, isClean: way < 4)
        switch way {
        case 0, 1:
            world.coverage.reached(.discarded)
            handle.connection.isDiscarded = true
            lease.discard()
        case 2, 3:
            guard let connection = lease.detachIfCurrent() else {
                return world.require(world.isForced, "c\(handle.connection.number) was not detached")
            }
            world.require(
                connection.stage == .open && connection.call == nil,
                "c\(connection.number) was detached while it was \(connection.stage)")
            world.coverage.reached(.detached)
            connection.stage = .detached
            world.detached += 1
        case 4, 5:
            world.coverage.reached(.droppedLease)
            _ = consume lease
        default: lease.release()
        }
        mustRefuse(handle)
    }

    private func share(_ client: ShellClient, _ pool: Pool<SimulatedDriver>, _ timeout: Duration) async {
        let acquire = world.begin(client, level: 1, timeout: timeout)
        let lease: SharedLease<SimulatedDriver>
        do { lease = try await pool.lease(timeout: timeout).shared() } catch {
            return world.refused(client, acquire, error)
        }
        world.granted(client, acquire)
        await use(lease.connection)
        leave(lease.connection)
        world.require(lease.release(), "a shared lease did not end when it was released")
        await world.sleep(world.dice.milliseconds(0, 2))
        world.coverage.reached(.secondRelease)
        world.require(!lease.release() && !lease.discard() && lease.detach() == nil, "a lease ended twice")
        mustRefuse(lease.connection)
    }

    private func takeWhatIsThere(_ client: ShellClient, _ pool: Pool<SimulatedDriver>) async {
        let acquire = world.begin(client, level: 1, timeout: .seconds(1))
        let jobs = world.jobs
        guard let lease = pool.leaseIfAvailable() else {
            client.acquire = nil
            world.refusedAtOnce += 1
            return world.coverage.reached(.nothingAtOnce)
        }
        world.require(world.jobs == jobs || script.preemption > 0, "leaseIfAvailable waited")
        world.coverage.reached(.leasedAtOnce)
        world.granted(client, acquire)
        await use(lease.connection)
        end(lease)
    }

    private func warmUp(_ client: ShellClient, _ pool: Pool<SimulatedDriver>, _ timeout: Duration) async {
        let acquire = world.begin(client, level: 3, timeout: timeout, isLoan: false)
        do {
            try await pool.warmUp(timeout: timeout)
            world.warmed += 1
            world.coverage.reached(.warmed)
            client.acquire = nil
        } catch {
            world.coverage.reached(.warmUpRefused)
            world.refused(client, acquire, error)
        }
    }

    // MARK: - Loans

    /// Works with the connection for a while.
    private func use(_ handle: SimulatedHandle) async {
        let span: Int64 =
            switch world.dice.below(20) {
            case 0...5: 0
            case 6: world.dice.span(script.longestUse, 5 * script.longestUse)
            default: world.dice.span(0, script.longestUse)
            }
        tryUse(handle)
        if span > 0 {
            await world.sleep(hasHealed ? Swift.min(span, 5_000_000) : span)
            tryUse(handle)
        }
    }

    private func tryUse(_ handle: SimulatedHandle) {
        do {
            try handle.use()
        } catch {
            world.coverage.reached(.usedAfterForce)
            world.require(world.isForced, "c\(handle.connection.number) refused its borrower: \(error)")
        }
    }

    /// The last moment of a loan.
    private func leave(_ handle: SimulatedHandle, isClean: Bool = false) {
        let connection = handle.connection
        if connection.loan == handle.loan {
            connection.loan = nil
            connection.touched = world.time
            if !isClean, !hasHealed, script.hooks.contains(.condition) { soil(connection) }
        } else {
            world.require(world.isForced, "\(handle.loan) of c\(connection.number) ended, which was not its loan")
        }
        if let core = world.core, core.isRecalled(handle.loan) { world.coverage.reached(.recalledLoan) }
    }

    private func soil(_ connection: SimulatedConnection) {
        switch world.dice.below(100) {
        case 0...9: connection.condition = .dirty
        case 10...12: connection.condition = .suspect
        case 13, 14: connection.condition = .broken
        default: return
        }
        switch connection.condition {
        case .dirty: world.coverage.reached(.dirtyReturn)
        case .suspect: world.coverage.reached(.suspectReturn)
        default: world.coverage.reached(.brokenReturn)
        }
    }

    private func verdict(on handle: SimulatedHandle) -> ErrorVerdict {
        guard script.hooks.contains(.verdict), !hasHealed, world.dice.chance(40) else { return .keep }
        handle.connection.isDiscarded = true
        let isOfAll = world.dice.chance(30)
        world.coverage.reached(isOfAll ? .verdictDiscardAll : .verdictDiscard)
        return isOfAll ? .discardAll : .discard
    }

    /// After the loan (F51).
    private func mustRefuse(_ handle: SimulatedHandle) {
        guard script.hooks.contains(.lend) else { return }
        do {
            try handle.use()
            world.problem("c\(handle.connection.number) was used after its loan \(handle.loan)")
        } catch { world.coverage.reached(.useAfterReturn) }
    }
}
