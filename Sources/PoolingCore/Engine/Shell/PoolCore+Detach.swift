internal import CPoolingShims

// A connection that leaves with its borrower.

extension PoolCore {
    /// The connection of this loan is the borrower's from now on; its place is free.
    ///
    /// - Returns: false if the loan has ended: a shutdown closes what is on loan at its deadline, and what it closes has no
    ///   second owner (F61).
    @usableFromInline
    func detach(_ loan: LoanID) -> Bool {
        let now = self.now
        let effects: Effects? = state.withLock { state -> Effects? in
            guard slots.takeBack(loan, at: now) else { return nil }
            let id = slots.connectionID(loan.slot)
            // Let go of without the lock.
            let gone = port.removeConnection(from: loan.slot)
            state.machine.handle(.released(loan.slot, .detached), at: now)
            var effects = state.takeEffects(port)
            effects.more.detached = gone
            effects.more.events.append(.detached(id))
            return effects
        }
        guard let effects else { return false }
        carryOut(effects)
        return true
    }

    /// Said always: whoever goes on with this connection has no other way to learn it.
    @usableFromInline
    func warnOfDetaching(_ loan: LoanID) {
        pooling_warn(
            "\(slots.connectionID(loan.slot)) of pool '\(identity.name)' was detached after shutdown() had closed it at its deadline; detachIfCurrent() returns nil then"
        )
    }
}
