// The lock-free half of the engine: the places of connections that a borrower takes and gives back without the pool's
// lock. Everything that has to be inlined into a client stands in this file.
//
// Why it is right. All that borrowers, returners and the state machine agree on is one word per slot: its state and
// the count of its loans. Each change of hands is one compare-exchange of that word, so a slot has one holder at any
// time, and a token of an old loan never matches (F51): the count grows with every loan.
//
//     owned ──delegate──▶ idle ──checkout──▶ lent ──checkin──▶ idle        without the lock
//     idle ──claim, recall──▶ owned            lent ──recall──▶ lentByPool     by the machine, under the lock
//     owned ──lend──▶ lentByPool ──release──▶ owned                            by the machine, under the lock
//
// A waiter cannot be missed (F1): before the first one waits, the machine recalls every delegated slot. A slot that is
// idle then becomes owned and serves the waiter; one that is lent becomes `lentByPool`, the compare-exchange of its
// return fails, and the returner takes the lock, where it meets the waiter. No second variable is involved, so there
// is no pair of "publish, then look" whose order could go wrong.
//
// What the holder writes beside the word (when the loan ended, the owner's task) is relaxed: the compare-exchange that
// passes the slot on publishes it.
//
// A token is in one hand at a time: `Lease` can't be copied, and `SharedLease` takes its lease out under a lock. An old
// token may come back at any moment and is refused, but one that is given back by two threads at once would not be.
//
// Model/ checks all this in every interleaving (`make model`). Each access to a word is one of its steps, and the names
// that begin with step_ below and in SlotTable+Machine.swift are those steps.

public import CPoolingShims
public import Synchronization

@usableFromInline
package enum SlotWord {
    @usableFromInline static let owned: UInt64 = 0
    @usableFromInline static let idle: UInt64 = 1
    @usableFromInline static let lent: UInt64 = 2
    @usableFromInline static let lentByPool: UInt64 = 3
    @usableFromInline static let stateMask: UInt64 = 3
    @usableFromInline static let oneLoan: UInt64 = 4
}

/// One slot, on cache lines of its own (``SlotTable/stride``).
@usableFromInline
struct Slot: ~Copyable {
    @usableFromInline let word = Atomic<UInt64>(SlotWord.owned)
    /// Clock readings of the holder: when the last loan ended, and when the present one began; `.max` until its borrower
    /// has written it.
    @usableFromInline let lastUsed = Atomic<Int64>(0)
    @usableFromInline let lentAt = Atomic<Int64>(.max)
    /// When the machine last saw this connection proved.
    @usableFromInline let lastProved = Atomic<Int64>(0)
    /// The task of a scoped loan, 0 otherwise. Compared, never followed.
    @usableFromInline let owner = Atomic<UInt>(0)
    @usableFromInline let connection = Atomic<UInt64>(0)
    /// The word's count of loans when this connection came.
    @usableFromInline let loansBefore = Atomic<UInt64>(0)
    @usableFromInline let useTime = Atomic<Int64>(0)
    /// Where the present loan was asked for: a ``LoanSite``'s word.
    @usableFromInline let site = Atomic<UInt64>(0)
    /// The thread that had it last: a hint.
    @usableFromInline let thread = Atomic<UInt32>(.max)
    /// Loans of the machine's that have reached their borrowers.
    let confirmed = Atomic<UInt64>(0)

    @usableFromInline init() {}
}

/// The slots of one pool, in chunks that never move, so that growing needs nobody's consent. Memory is freed with the
/// table, which outlives every loan.
///
/// - Sendable: the chunk pointers are written under the pool's lock before `count` is published with release, and
///   never changed after; everything behind them is atomic.
@usableFromInline
package final class SlotTable: @unchecked Sendable {
    /// Chunk 0 holds 4 slots, each further one as many as all before it: 14 chunks for 32 768.
    @usableFromInline static let chunkCount = 14
    /// A slot's own two cache lines, and its histogram of use times.
    @usableFromInline static let stride = 128 + DurationHistogram.bucketCount * 8
    @usableFromInline static let probes: UInt32 = 32

    @usableFromInline typealias Chunks = UnsafeMutablePointer<UnsafeMutableRawPointer?>
    /// What the inlined fast path sees: ``allChunks``, or nothing if the pool has ``PoolSurroundings``. Without slots it
    /// lends nothing and takes nothing back, and both go on where the surroundings' clock is read.
    @usableFromInline let chunks: Chunks
    let allChunks: Chunks
    /// Slots below this exist.
    @usableFromInline let count = Atomic<Int>(0)
    /// How long (ns) after its last use or proof a connection may be lent unseen.
    @usableFromInline let freshFor = Atomic<Int64>(.max)
    /// The configured one (ns), here so that it can be read without the lock.
    let acquireTimeout = Atomic<Int64>(0)
    /// Loans are bound to their tasks, for child tasks to be seen.
    @usableFromInline let followsChildTasks = Atomic<Bool>(false)
    /// The slot that the machine proved or lent last.
    let lastSeen = Atomic<UInt32>(0)
    /// Somebody waits: a hint for those who come.
    @usableFromInline let isContended = Atomic<Bool>(false)
    /// Spreads the first slots of several pools over a thread's numbers.
    @usableFromInline let offset: UInt32

    package init(offset: UInt32 = 0, isSimulated: Bool = false) {
        self.offset = offset
        allChunks = Self.noChunks()
        chunks = isSimulated ? Self.noChunks() : allChunks
    }

    deinit {
        for chunk in 0..<Self.chunkCount { allChunks[chunk]?.deallocate() }
        if chunks != allChunks { chunks.deallocate() }
        allChunks.deallocate()
    }

    private static func noChunks() -> Chunks {
        let chunks = Chunks.allocate(capacity: chunkCount)
        chunks.initialize(repeating: nil, count: chunkCount)
        return chunks
    }

    @inlinable
    static func place(of slot: Int) -> (chunk: Int, index: Int) {
        if slot < 4 { return (0, slot) }
        let power = Int.bitWidth - 1 - slot.leadingZeroBitCount
        return (power - 1, slot - 1 << power)
    }

    static func capacity(ofChunk chunk: Int) -> Int { chunk == 0 ? 4 : 4 << (chunk - 1) }

    /// `slot` is below `count`.
    @inlinable
    static func raw(_ slot: Int, in chunks: Chunks) -> UnsafeMutableRawPointer? {
        let place = place(of: slot)
        return chunks[place.chunk].map { $0 + place.index * stride }
    }

    @inlinable
    static func slot(_ index: Int, in chunks: Chunks) -> UnsafeMutablePointer<Slot>? {
        raw(index, in: chunks)?.assumingMemoryBound(to: Slot.self)
    }

    /// Borrows an idle, recently used connection: one compare-exchange when the thread's first slot has one.
    /// - Returns: nil if there is none at hand; the machine knows better.
    @inlinable
    func checkout(owner: UInt, site: UInt64 = 0) -> LoanID? {
        let count = UInt32(truncatingIfNeeded: self.count.load(ordering: .acquiring))
        // Where somebody waits, nothing is idle: a look at the slots would only fetch them from other cores.
        guard count > 0, !isContended.load(ordering: .relaxed) else { return nil }
        let now = pooling_clock_coarse()
        let thread = pooling_thread_number()
        if let loan = checkout(
            owner: owner, site: site, of: count, at: now, from: thread &+ offset, thread: thread, in: chunks)
        {
            return loan
        }
        return count > Self.probes ? checkoutElsewhere(owner: owner, site: site, of: count, at: now) : nil
    }

    /// In a large pool that was idle for a while, few connections are fresh and none of them may be near. The machine
    /// has left word of the last that it saw; else every loan of this thread would go by the lock from now on.
    @usableFromInline
    func checkoutElsewhere(owner: UInt, site: UInt64, of count: UInt32, at now: Int64) -> LoanID? {
        checkout(
            owner: owner, site: site, of: count, at: now, from: lastSeen.load(ordering: .relaxed),
            thread: pooling_thread_number(), in: chunks)
    }

    @inlinable @inline(__always)
    func checkout(
        owner: UInt, site: UInt64, of count: UInt32, at now: Int64, from first: UInt32, thread: UInt32,
        in chunks: Chunks
    ) -> LoanID? {
        let limit = freshFor.load(ordering: .relaxed)
        let start = first >= count ? first % count : first
        let probes = Swift.min(count, Self.probes)
        var index = start
        // Twice: first those that this thread had last. A connection that changes threads takes its memory with it, and a
        // server's process behind it to another core.
        for probe in 0..<2 * probes {
            if probe == probes { index = start }
            guard let slot = Self.slot(Int(index), in: chunks) else { return nil }
            let word = slot.pointee.word.load(ordering: .relaxed)  // step_checkout_look
            if word & SlotWord.stateMask == SlotWord.idle,
                probe >= probes || slot.pointee.thread.load(ordering: .relaxed) == thread,
                now &- slot.pointee.lastUsed.load(ordering: .relaxed) <= limit
                    || now &- slot.pointee.lastProved.load(ordering: .relaxed) <= limit
            {
                let lent = (word & ~SlotWord.stateMask &+ SlotWord.oneLoan) | SlotWord.lent
                // step_checkout_take, step_owner_write
                if slot.pointee.word.compareExchange(
                    expected: word, desired: lent, successOrdering: .acquiring, failureOrdering: .relaxed
                ).exchanged {
                    slot.pointee.owner.store(owner, ordering: .relaxed)
                    slot.pointee.thread.store(thread, ordering: .relaxed)
                    slot.pointee.site.store(site, ordering: .relaxed)
                    slot.pointee.lentAt.store(now, ordering: .releasing)
                    return LoanID(slot: Int(index), sequence: lent >> 2)
                }
            }
            index &+= 1
            if index == count { index = 0 }
        }
        return nil
    }

    /// Gives a connection back.
    /// - Returns: false if the machine wants to see it: take the lock.
    @inlinable
    func checkin(_ loan: LoanID) -> Bool { checkin(loan, at: pooling_clock_coarse(), in: chunks) }

    /// - Parameter clock: read when it is needed.
    @inlinable @inline(__always)
    func checkin(_ loan: LoanID, at clock: @autoclosure () -> Int64, in chunks: Chunks) -> Bool {
        guard let slot = Self.slot(loan.slot, in: chunks) else { return false }
        let lent = loan.sequence << 2 | SlotWord.lent
        // step_checkin_look
        guard slot.pointee.word.load(ordering: .relaxed) == lent else { return false }
        let now = clock()
        slot.pointee.lastUsed.store(now, ordering: .relaxed)
        let used = now &- slot.pointee.lentAt.load(ordering: .relaxed)
        if used > 0 { recordUse(used, slot: loan.slot) }
        // Or else the machine, recalling the next loan before its borrower has written this, would take that loan for
        // this task's and could find a deadlock where there is none. (step_owner_clear)
        slot.pointee.owner.store(0, ordering: .relaxed)
        // The same for its age. If it was recalled meanwhile, the machine takes it back, and must not count this use again.
        slot.pointee.lentAt.store(.max, ordering: .relaxed)
        // step_checkin_give
        return slot.pointee.word.compareExchange(
            expected: lent, desired: loan.sequence << 2 | SlotWord.idle,
            successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged
    }

    /// Counted by the holder, before it passes the slot on: nobody else writes. What was shorter than a tick of the
    /// coarse clock is not counted here, and so falls into the first bucket.
    @usableFromInline
    func recordUse(_ used: Int64, slot index: Int) {
        guard let raw = Self.raw(index, in: allChunks) else { return }
        let slot = raw.assumingMemoryBound(to: Slot.self)
        slot.pointee.useTime.store(slot.pointee.useTime.load(ordering: .relaxed) &+ used, ordering: .relaxed)
        let bucket =
            (raw + 128).assumingMemoryBound(to: Atomic<UInt64>.self)
            + DurationHistogram.bucket(ofNanoseconds: used)
        bucket.pointee.store(bucket.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }
}
