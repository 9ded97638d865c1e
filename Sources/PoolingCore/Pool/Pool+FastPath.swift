public import Synchronization

// Both ends of a loan, in the client's own code.

extension Pool {
    /// Without the lock; nil if there is nothing at hand that may be lent as it is.
    @inlinable
    func takeFast(owner: UInt, site: UInt64) -> (LoanID, Driver.Connection)? {
        guard let loan = slots.checkout(owner: owner, site: site) else { return nil }
        guard let connection = fitConnection(of: loan, wasFast: true) else { return nil }
        if core.tellsLoans.load(ordering: .relaxed) { core.tellGranted(loan) }
        return (loan, connection)
    }

    /// The lent connection, if the driver finds it fit; otherwise it has gone back and nil is returned.
    @inlinable
    func fitConnection(of loan: LoanID, wasFast: Bool) -> Driver.Connection? {
        guard let connection = store.take(from: loan.slot) else {
            core.takeBackUnused(loan, .broken, wasFast: wasFast)
            return nil
        }
        guard hooks.contains(.condition) else { return connection }
        let outcome = Self.outcome(adapter.driver.condition(of: connection))
        if outcome == .ready { return connection }
        store.putBack(connection, into: loan.slot)
        core.takeBackUnused(loan, outcome, wasFast: wasFast)
        return nil
    }

    /// By the lock, waiting if need be. A connection that proves unfit on the way is replaced by another, within the
    /// same deadline and before anybody who came later.
    ///
    /// Specialized for the driver in the client's module, which saves looking up its types at each loan.
    @inlinable @inline(never)
    nonisolated(nonsending) func takeSlowly(
        _ timeout: Duration?, _ priority: WaiterPriority, owner: UInt, holds: [UInt] = [], site: UInt64
    ) async throws -> (LoanID, Driver.Connection) {
        if core.isSimulated, let loan = core.checkoutSimulated(owner: owner, site: site),
            let connection = fitConnection(of: loan, wasFast: true)
        {
            core.tellGranted(loan)
            return (loan, connection)
        }
        var request = core.request(timeout, priority, owner: owner, holds: holds)
        var isReturning = false
        while true {
            let (loan, waited) =
                if !isReturning, let loan = try core.takeNow(request) { (loan, Int64(0)) } else {
                    try await core.wait(for: request)
                }
            if let connection = fitConnection(of: loan, wasFast: false) {
                // Between the grant and this moment a shutdown may have closed it.
                if slots.confirm(loan, site: site) {
                    if core.isObserved.load(ordering: .relaxed) { core.tellGranted(loan, waited: waited) }
                    return (loan, connection)
                }
                core.takeBackUnused(loan, .broken, wasFast: false)
            }
            isReturning = true
            request = core.again(request)
        }
    }

    @inlinable
    func finish(_ loan: LoanID, _ connection: consuming Driver.Connection, as forced: ReturnOutcome? = nil) {
        if core.tellsLoans.load(ordering: .relaxed) { core.tellReleased(loan) }
        if hooks.contains(.lend) { adapter.driver.reclaim(connection, loan: loan) }
        let outcome =
            if let forced { forced } else if hooks.contains(.condition) {
                Self.outcome(adapter.driver.condition(of: connection))
            } else { ReturnOutcome.ready }
        store.putBack(connection, into: loan.slot)
        if forced == nil, outcome == .ready, slots.checkin(loan) { return }
        core.release(loan, outcome)
    }

    /// - Returns: false if the loan has ended, and the connection stays the pool's.
    @usableFromInline
    func detach(_ loan: LoanID, _ connection: Driver.Connection) -> Bool {
        if core.tellsLoans.load(ordering: .relaxed) { core.tellReleased(loan) }
        if hooks.contains(.lend) { adapter.driver.reclaim(connection, loan: loan) }
        store.putBack(connection, into: loan.slot)
        return core.detach(loan)
    }

    @usableFromInline
    func finish(_ loan: LoanID, _ connection: Driver.Connection, after error: any Error) {
        guard hooks.contains(.verdict) else { return finish(loan, connection) }
        switch adapter.driver.verdict(on: error) {
        case .keep: finish(loan, connection)
        case .discard: finish(loan, connection, as: .broken)
        case .discardAll:
            core.distrust(loan)
            finish(loan, connection, as: .broken)
        }
    }

    @inlinable
    static func outcome(_ condition: ConnectionCondition) -> ReturnOutcome {
        switch condition {
        case .ready: .ready
        case .dirty: .dirty
        case .suspect: .suspect
        case .broken: .broken
        }
    }
}
