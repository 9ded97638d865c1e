/// What the state machine may do to a connection's place ("slot") that the lock-free fast path may hold.
///
/// A slot is *owned* by the machine or *delegated*: idle or on loan, and the machine does not know which. The shipped
/// pool answers with atomics (``SlotTable``), the simulator with an adversary that borrows and returns at any moment.
/// All methods are called under the pool's lock, are short and run no foreign code.
package protocol DelegatedSlots {
    /// Makes slots below `count` exist.
    mutating func reserve(_ count: Int)
    /// A new connection has come into an owned slot.
    mutating func open(_ slot: Int, id: ConnectionID, at now: MonotonicInstant)
    /// Owned → delegated and idle. From now on anybody may borrow it.
    mutating func delegate(_ slot: Int)
    /// Delegated and idle → owned. False if it is on loan; nothing changes then.
    mutating func claim(_ slot: Int) -> Bool
    /// Takes a delegated slot back. Idle: it is owned at once, and nil is returned. On loan: it comes back through the
    /// machine (``PoolStateMachine/Event/released(_:_:)``), and its loan is described.
    mutating func recall(_ slot: Int) -> RecalledLoan?
    /// Owned → on loan by the machine's decision; it comes back through the machine.
    mutating func lend(_ slot: Int, at now: MonotonicInstant) -> LoanID
    /// On loan through the machine → owned. The borrower's return will be refused.
    mutating func revoke(_ slot: Int)
    /// A connection was proved to work: the fast path may lend it. No use, or else keep-alive would keep idle
    /// connections from being evicted.
    mutating func touch(_ slot: Int, at now: MonotonicInstant)

    /// The loan that a slot is on, whoever gave it; nil if it is on none, or has only just been lent.
    func currentLoan(_ slot: Int) -> CurrentLoan?
    /// Whether a delegated slot is idle at this moment.
    func isIdle(_ slot: Int) -> Bool
    /// When the last loan ended, or the connection was opened.
    func lastUsed(_ slot: Int) -> MonotonicInstant
    /// Loans of this connection so far.
    func uses(_ slot: Int) -> Int
}

/// A loan that has not ended.
package struct CurrentLoan: Sendable {
    /// Which of the slot's loans it is.
    package var sequence: UInt64
    package var since: MonotonicInstant

    package init(sequence: UInt64, since: MonotonicInstant) {
        self.sequence = sequence
        self.since = since
    }
}

/// A loan that was found when its connection was recalled.
package struct RecalledLoan: Sendable {
    /// The task that holds it, 0 if that is not known.
    package var owner: UInt
    /// When it began.
    package var since: MonotonicInstant

    package init(owner: UInt, since: MonotonicInstant) {
        self.owner = owner
        self.since = since
    }
}
