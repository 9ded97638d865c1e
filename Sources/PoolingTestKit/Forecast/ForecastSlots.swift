package import PoolingCore

/// Slots of a pool that nobody but its state machine touches: what is delegated is idle.
package final class ForecastSlots: DelegatedSlots {
    private struct Slot {
        var sequence: UInt64 = 0
        var uses = 0
        var lastUsed = MonotonicInstant(nanoseconds: .min)
        var since = MonotonicInstant(nanoseconds: 0)
        var isLent = false
    }

    @exclusivity(unchecked) private var slots: [Slot] = []

    package init() {}

    /// Before the machine is told that a loan came back.
    package func comesBack(_ slot: Int, at now: MonotonicInstant) {
        slots[slot].isLent = false
        slots[slot].lastUsed = now
    }

    /// Whether this loan is the one that its slot is on.
    package func isCurrent(_ loan: LoanID) -> Bool {
        slots[loan.slot].isLent && slots[loan.slot].sequence == loan.sequence
    }

    package func reserve(_ count: Int) { while slots.count < count { slots.append(Slot()) } }

    package func open(_ slot: Int, id: ConnectionID, at now: MonotonicInstant) {
        slots[slot].uses = 0
        slots[slot].lastUsed = now
    }

    package func delegate(_ slot: Int) {}
    package func claim(_ slot: Int) -> Bool { true }
    package func recall(_ slot: Int) -> RecalledLoan? { nil }

    package func lend(_ slot: Int, at now: MonotonicInstant) -> LoanID {
        slots[slot].sequence += 1
        slots[slot].uses += 1
        slots[slot].since = now
        slots[slot].isLent = true
        return LoanID(slot: slot, sequence: slots[slot].sequence)
    }

    package func revoke(_ slot: Int) { slots[slot].isLent = false }
    package func touch(_ slot: Int, at now: MonotonicInstant) {}

    package func currentLoan(_ slot: Int) -> CurrentLoan? {
        slots[slot].isLent ? CurrentLoan(sequence: slots[slot].sequence, since: slots[slot].since) : nil
    }

    package func isIdle(_ slot: Int) -> Bool { !slots[slot].isLent }
    package func lastUsed(_ slot: Int) -> MonotonicInstant { slots[slot].lastUsed }
    package func uses(_ slot: Int) -> Int { slots[slot].uses }
}
