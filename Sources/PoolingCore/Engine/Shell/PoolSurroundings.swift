internal import Synchronization

/// What the shell takes from the world: the time, a timer, threads to run its tasks on, chance. A pool that is shipped
/// has none of these and goes by the process's own; the simulator gives a pool its own, so that one thread plays
/// everything in an order that a seed decides.
///
/// The shell reads the clock outside of its lock only, which makes each reading a point where other tasks may be let
/// through.
package protocol PoolSurroundings: AnyObject, Sendable {
    var now: MonotonicInstant { get }
    /// What ``now`` was at the last tick, as ``Pool``'s fast path reads it.
    var coarseNow: MonotonicInstant { get }
    /// Calls ``PoolCore/timerFired(_:)`` when `deadline` has come; holds the pool weakly.
    func schedule(_ core: PoolCore, at deadline: MonotonicInstant)
    /// Where the pool's own tasks run.
    var executor: any TaskExecutor { get }
    /// A number that decides something.
    func draw() -> UInt64
    /// A borrower took or gave back a loan without the lock.
    func passedFastPath(_ loan: LoanID, isReturn: Bool)
}

extension PoolCore {
    /// The exact time.
    @usableFromInline
    var now: MonotonicInstant { surroundings?.now ?? .now }

    /// The fast path of a pool with surroundings, whose slots the inlined one does not see.
    @usableFromInline
    func checkoutSimulated(owner: UInt, site: UInt64) -> LoanID? {
        guard let surroundings else { return nil }
        let now = surroundings.coarseNow.nanoseconds
        let chance = surroundings.draw()
        let first = UInt32(truncatingIfNeeded: chance)
        // Few enough that slots meet a thread that had them before, and one that had not.
        let thread = UInt32(truncatingIfNeeded: chance >> 32) & 3
        let count = UInt32(truncatingIfNeeded: slots.count.load(ordering: .acquiring))
        guard count > 0,
            let loan = slots.checkout(
                owner: owner, site: site, of: count, at: now, from: first, thread: thread, in: slots.allChunks)
        else { return nil }
        surroundings.passedFastPath(loan, isReturn: false)
        return loan
    }

    /// - Returns: false if the machine wants to see it, or this pool has no surroundings.
    func checkinSimulated(_ loan: LoanID) -> Bool {
        guard let surroundings else { return false }
        let now = surroundings.coarseNow.nanoseconds
        guard slots.checkin(loan, at: now, in: slots.allChunks) else { return false }
        surroundings.passedFastPath(loan, isReturn: true)
        return true
    }
}
