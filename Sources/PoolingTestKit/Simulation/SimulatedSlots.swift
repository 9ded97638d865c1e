package import PoolingCore

/// The fast path as an adversary plays it: it borrows and returns what the machine has delegated at any moment, even
/// between a question of the machine and what the machine does with the answer.
///
/// It keeps to the fast path's contract (only what is delegated, idle and fresh is borrowed; a return of what was
/// recalled goes through the machine) and notes every breach of the machine's side of the contract in ``breaches``.
package final class SimulatedSlots: DelegatedSlots {
    package enum Holding: Sendable, Hashable {
        case owned
        case idle
        /// Borrowed by the fast path, unknown to the machine.
        case borrowed
        /// On loan, and the machine knows it.
        case lent
    }

    package struct Slot: Sendable {
        package var holding = Holding.owned
        package var id = ConnectionID(rawValue: 0)
        /// Loans of this place so far, which make loan identities unique.
        package var sequence: UInt64 = 0
        package var uses = 0
        package var lastUsed = MonotonicInstant(nanoseconds: .min)
        package var lastProved = MonotonicInstant(nanoseconds: .min)
        package var owner: UInt = 0
        package var since = MonotonicInstant(nanoseconds: 0)
    }

    /// What the adversary did while the machine was asking.
    package enum Interference: Sendable, Hashable {
        case borrowed(LoanID)
        case returned(Int)
    }

    @exclusivity(unchecked) package private(set) var slots: [Slot] = []
    /// How often, in percent, the adversary uses the moment of a port call.
    @exclusivity(unchecked) package var aggression = 0
    @exclusivity(unchecked) package var dice: Dice
    @exclusivity(unchecked) package var now = MonotonicInstant(nanoseconds: 0)
    /// The proof that the fast path asks for, as the machine's settings have it.
    @exclusivity(unchecked) package var validation = Settings.Validation.never
    /// What happened inside port calls since this was last emptied.
    @exclusivity(unchecked) package var interferences: [Interference] = []
    @exclusivity(unchecked) package private(set) var breaches: [String] = []
    /// Claims that failed because of a loan since the machine looked.
    @exclusivity(unchecked) package private(set) var lostClaims = 0
    /// Loans that were found by a recall.
    @exclusivity(unchecked) package private(set) var recalledLoans = 0

    @exclusivity(unchecked) package var lie: Lie?
    /// Runs before a slot is recalled, where a test plays the adversary itself.
    @exclusivity(unchecked) package var onRecall: ((Int) -> Void)?

    package init(dice: Dice = Dice(seed: 0)) { self.dice = dice }

    // MARK: The adversary

    /// Whether the fast path would lend this slot now.
    package func isBorrowable(_ slot: Int) -> Bool {
        guard slots[slot].holding == .idle else { return false }
        switch validation {
        case .never: return true
        case .always: return false
        case .afterIdle(let limit): return now - Swift.max(slots[slot].lastUsed, slots[slot].lastProved) <= limit
        }
    }

    /// A loan of the fast path; nil if it would not lend.
    package func borrow(_ slot: Int, owner: UInt) -> LoanID? {
        guard isBorrowable(slot) else { return nil }
        slots[slot].holding = .borrowed
        slots[slot].owner = owner
        return beginLoan(slot, at: now)
    }

    /// A return by the fast path. False: it was recalled, and comes back through the machine.
    package func giveBack(_ slot: Int) -> Bool {
        guard slots[slot].holding == .borrowed else { return false }
        slots[slot].holding = .idle
        slots[slot].lastUsed = now
        return true
    }

    /// What the shell does before it tells the machine that a loan came back.
    package func comesBack(_ slot: Int) {
        slots[slot].holding = .owned
        slots[slot].lastUsed = now
    }

    /// Whether this loan is the one that its slot is on.
    package func isCurrent(_ loan: LoanID) -> Bool {
        guard loan.slot < slots.count, slots[loan.slot].sequence == loan.sequence else { return false }
        return slots[loan.slot].holding == .borrowed || slots[loan.slot].holding == .lent
    }

    private func interfere(_ slot: Int) {
        guard aggression > 0, slot < slots.count, dice.chance(aggression) else { return }
        if slots[slot].holding == .borrowed {
            if giveBack(slot) { interferences.append(.returned(slot)) }
        } else if let loan = borrow(slot, owner: 0) {
            interferences.append(.borrowed(loan))
        }
    }

    private func beginLoan(_ slot: Int, at now: MonotonicInstant) -> LoanID {
        slots[slot].sequence += 1
        slots[slot].uses += 1
        slots[slot].since = now
        return loan(of: slot)
    }

    package func loan(of slot: Int) -> LoanID { LoanID(slot: slot, sequence: slots[slot].sequence) }

    private func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        if !condition { breaches.append(sentence()) }
    }

    // MARK: The port

    package func reserve(_ count: Int) {
        while slots.count < count { slots.append(Slot()) }
    }

    package func open(_ slot: Int, id: ConnectionID, at now: MonotonicInstant) {
        require(slots[slot].holding == .owned, "slot \(slot) was opened while \(slots[slot].holding)")
        slots[slot].id = id
        slots[slot].uses = 0
        slots[slot].lastUsed = now
    }

    package func delegate(_ slot: Int) {
        require(slots[slot].holding == .owned, "slot \(slot) was delegated while \(slots[slot].holding)")
        slots[slot].holding = .idle
        interfere(slot)
    }

    package func claim(_ slot: Int) -> Bool {
        interfere(slot)
        require(slots[slot].holding != .owned, "slot \(slot) was claimed while owned")
        guard slots[slot].holding == .idle || (lie == .claimsWhatIsLent && slots[slot].holding == .borrowed) else {
            lostClaims += 1
            return false
        }
        slots[slot].holding = .owned
        return true
    }

    package func recall(_ slot: Int) -> RecalledLoan? {
        onRecall?(slot)
        interfere(slot)
        switch slots[slot].holding {
        case .idle:
            slots[slot].holding = .owned
            return nil
        case .borrowed:
            slots[slot].holding = .lent
            recalledLoans += 1
            if lie == .hidesRecalledLoans {
                slots[slot].holding = .owned
                return nil
            }
            return RecalledLoan(owner: slots[slot].owner, since: slots[slot].since)
        case .owned, .lent:
            breaches.append("slot \(slot) was recalled while \(slots[slot].holding)")
            return nil
        }
    }

    package func lend(_ slot: Int, at now: MonotonicInstant) -> LoanID {
        require(slots[slot].holding == .owned, "slot \(slot) was lent while \(slots[slot].holding)")
        slots[slot].holding = .lent
        return beginLoan(slot, at: now)
    }

    package func revoke(_ slot: Int) {
        require(slots[slot].holding == .lent, "slot \(slot) was revoked while \(slots[slot].holding)")
        slots[slot].holding = .owned
    }

    package func touch(_ slot: Int, at now: MonotonicInstant) { slots[slot].lastProved = now }

    package func isIdle(_ slot: Int) -> Bool {
        let answer = slots[slot].holding == .idle
        interfere(slot)
        return answer
    }

    package func currentLoan(_ slot: Int) -> CurrentLoan? {
        let place = slots[slot]
        guard place.holding == .borrowed || place.holding == .lent else { return nil }
        return CurrentLoan(sequence: place.sequence, since: place.since)
    }

    package func lastUsed(_ slot: Int) -> MonotonicInstant { slots[slot].lastUsed }
    package func uses(_ slot: Int) -> Int { slots[slot].uses }
}
