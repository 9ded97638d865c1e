internal import CPoolingShims
internal import Synchronization

// The machine's side of the slots. Called under the pool's lock. The names that begin with step_ are steps of Model/.
//
// A slot that is owned or lentByPool is changed only here, under the lock, so a plain store does; one that is idle or
// lent may change at any moment, and takes a compare-exchange.
extension SlotTable: DelegatedSlots {
    func slot(_ index: Int) -> UnsafeMutablePointer<Slot>? { Self.slot(index, in: allChunks) }

    package func reserve(_ count: Int) {
        let existing = self.count.load(ordering: .relaxed)
        guard count > existing else { return }
        for slot in existing..<count {
            let place = Self.place(of: slot)
            if allChunks[place.chunk] == nil {
                let capacity = Self.capacity(ofChunk: place.chunk)
                let chunk = UnsafeMutableRawPointer.allocate(byteCount: capacity * Self.stride, alignment: 128)
                for index in 0..<capacity {
                    let slot = chunk + index * Self.stride
                    slot.initializeMemory(as: Slot.self, to: Slot())
                    (slot + 128).initializeMemory(
                        as: UInt64.self, repeating: 0, count: DurationHistogram.bucketCount)
                }
                allChunks[place.chunk] = chunk
            }
        }
        self.count.store(count, ordering: .releasing)
    }

    package func open(_ slot: Int, id: ConnectionID, at now: MonotonicInstant) {
        guard let slot = self.slot(slot) else { return }
        slot.pointee.connection.store(id.rawValue, ordering: .relaxed)
        slot.pointee.lastUsed.store(now.nanoseconds, ordering: .relaxed)
        slot.pointee.loansBefore.store(slot.pointee.word.load(ordering: .relaxed) >> 2, ordering: .relaxed)
    }

    package func delegate(_ slot: Int) {
        guard let slot = self.slot(slot) else { return }
        let count = slot.pointee.word.load(ordering: .relaxed) & ~SlotWord.stateMask
        slot.pointee.word.store(count | SlotWord.idle, ordering: .releasing)  // step_delegate
    }

    package func claim(_ slot: Int) -> Bool {
        guard let slot = self.slot(slot) else { return false }
        let word = slot.pointee.word.load(ordering: .relaxed)  // step_claim_look
        guard word & SlotWord.stateMask == SlotWord.idle else { return false }
        // step_claim_take
        return slot.pointee.word.compareExchange(
            expected: word, desired: word & ~SlotWord.stateMask | SlotWord.owned,
            successOrdering: .acquiring, failureOrdering: .relaxed
        ).exchanged
    }

    package func recall(_ slot: Int) -> RecalledLoan? {
        guard let slot = self.slot(slot) else { return nil }
        while true {
            let word = slot.pointee.word.load(ordering: .relaxed)  // step_recall_look
            let isLent = word & SlotWord.stateMask == SlotWord.lent
            let wanted = word & ~SlotWord.stateMask | (isLent ? SlotWord.lentByPool : SlotWord.owned)
            // step_recall_take
            guard
                slot.pointee.word.compareExchange(
                    expected: word, desired: wanted, successOrdering: .acquiringAndReleasing,
                    failureOrdering: .relaxed
                ).exchanged
            else { continue }
            guard isLent else { return nil }
            // The borrower may not have written these yet, or be about to come back: then there is no owner, which makes
            // a nested acquire go unnoticed, and the loan begins now.
            return RecalledLoan(
                owner: slot.pointee.owner.load(ordering: .relaxed),
                since: MonotonicInstant(nanoseconds: slot.pointee.lentAt.load(ordering: .relaxed)))
        }
    }

    package func lend(_ slot: Int, at now: MonotonicInstant) -> LoanID {
        guard let pointer = self.slot(slot) else { return .unpooled }
        lastSeen.store(UInt32(truncatingIfNeeded: slot), ordering: .relaxed)
        let word = pointer.pointee.word.load(ordering: .relaxed) & ~SlotWord.stateMask &+ SlotWord.oneLoan
        pointer.pointee.site.store(0, ordering: .relaxed)
        pointer.pointee.lentAt.store(now.nanoseconds, ordering: .relaxed)
        pointer.pointee.word.store(word | SlotWord.lentByPool, ordering: .releasing)  // step_lend
        return LoanID(slot: slot, sequence: word >> 2)
    }

    package func revoke(_ slot: Int) {
        guard let slot = self.slot(slot) else { return }
        let word = slot.pointee.word.load(ordering: .relaxed)
        slot.pointee.word.store(word & ~SlotWord.stateMask | SlotWord.owned, ordering: .releasing)  // step_revoke
    }

    package func touch(_ slot: Int, at now: MonotonicInstant) {
        self.slot(slot)?.pointee.lastProved.store(now.nanoseconds, ordering: .relaxed)
        lastSeen.store(UInt32(truncatingIfNeeded: slot), ordering: .relaxed)
    }

    package func isIdle(_ slot: Int) -> Bool {
        guard let slot = self.slot(slot) else { return false }
        return slot.pointee.word.load(ordering: .relaxed) & SlotWord.stateMask == SlotWord.idle
    }

    package func lastUsed(_ slot: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: self.slot(slot)?.pointee.lastUsed.load(ordering: .relaxed) ?? 0)
    }

    package func uses(_ slot: Int) -> Int {
        guard let slot = self.slot(slot) else { return 0 }
        let loans = slot.pointee.word.load(ordering: .relaxed) >> 2
        return Int(loans - slot.pointee.loansBefore.load(ordering: .relaxed))
    }

    /// Takes a returned loan, under the lock: the word goes from lent (either way) to owned.
    /// - Parameter wasUsed: false for a loan that its borrower never had, which proves nothing of the connection.
    /// - Returns: false for a token that is not the present loan's: a return that comes twice, or after the connection
    ///   was taken away. It changes nothing.
    ///
    /// A loan of the fast path that comes back unfit is still `lent` here: the plain store is right because nobody but
    /// its only holder, who calls this, and a recall, which needs the lock, could change that.
    package func takeBack(_ loan: LoanID, at now: MonotonicInstant, wasUsed: Bool = true) -> Bool {
        guard loan.slot < count.load(ordering: .relaxed), let slot = slot(loan.slot) else { return false }
        let word = slot.pointee.word.load(ordering: .relaxed)  // step_takeback_look
        let state = word & SlotWord.stateMask
        guard word >> 2 == loan.sequence, state == SlotWord.lent || state == SlotWord.lentByPool else { return false }
        if wasUsed { slot.pointee.lastUsed.store(now.nanoseconds, ordering: .relaxed) }
        let used = now.nanoseconds &- slot.pointee.lentAt.load(ordering: .relaxed)
        if wasUsed, used > 0 { recordUse(used, slot: loan.slot) }
        slot.pointee.owner.store(0, ordering: .relaxed)
        // step_takeback_put
        slot.pointee.word.store(word & ~SlotWord.stateMask | SlotWord.owned, ordering: .releasing)
        return true
    }

    package func currentLoan(_ slot: Int) -> CurrentLoan? {
        guard let slot = self.slot(slot) else { return nil }
        let word = slot.pointee.word.load(ordering: .acquiring)
        let state = word & SlotWord.stateMask
        guard state == SlotWord.lent || state == SlotWord.lentByPool else { return nil }
        let since = slot.pointee.lentAt.load(ordering: .acquiring)
        // The same loan before and after: what was read in between is this loan's.
        guard since != .max, slot.pointee.word.load(ordering: .acquiring) >> 2 == word >> 2 else { return nil }
        return CurrentLoan(sequence: word >> 2, since: MonotonicInstant(nanoseconds: since))
    }

    /// The borrower has the connection that the machine granted: from now on the loan counts. By the borrower, who alone
    /// writes what stands here.
    /// - Parameter site: where it was asked for.
    /// - Returns: false if the loan has ended already; then it never counts.
    @usableFromInline
    package func confirm(_ loan: LoanID, site: UInt64) -> Bool {
        guard let slot = slot(loan.slot), Self.isCurrent(loan, slot) else { return false }
        slot.pointee.site.store(site, ordering: .relaxed)
        slot.pointee.confirmed.store(slot.pointee.confirmed.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        return true
    }

    /// Where the loan that this slot is on was asked for, if its borrower has written it.
    func site(_ slot: Int) -> LoanSite? { LoanSite(word: self.slot(slot)?.pointee.site.load(ordering: .relaxed) ?? 0) }

    /// Whether this loan has not ended.
    func isCurrent(_ loan: LoanID) -> Bool { slot(loan.slot).map { Self.isCurrent(loan, $0) } ?? false }

    private static func isCurrent(_ loan: LoanID, _ slot: UnsafeMutablePointer<Slot>) -> Bool {
        let word = slot.pointee.word.load(ordering: .relaxed)
        let state = word & SlotWord.stateMask
        return word >> 2 == loan.sequence && (state == SlotWord.lent || state == SlotWord.lentByPool)
    }

    package func connectionID(_ slot: Int) -> ConnectionID {
        ConnectionID(rawValue: self.slot(slot)?.pointee.connection.load(ordering: .relaxed) ?? 0)
    }

    package func age(ofLoanIn slot: Int, at now: MonotonicInstant) -> Int64 {
        now.nanoseconds - min(now.nanoseconds, self.slot(slot)?.pointee.lentAt.load(ordering: .relaxed) ?? .max)
    }

    /// Loans given so far, how many of them have not ended, and how many of the machine's have reached their borrowers:
    /// each slot's at one instant, so that neither their number nor that of ended loans is ever seen to go back. O(slots).
    func loans() -> (given: UInt64, current: Int, confirmed: UInt64) {
        var given: UInt64 = 0
        var confirmed: UInt64 = 0
        var current = 0
        for index in 0..<count.load(ordering: .acquiring) {
            guard let slot = slot(index) else { continue }
            let word = slot.pointee.word.load(ordering: .relaxed)
            given += word >> 2
            confirmed += slot.pointee.confirmed.load(ordering: .relaxed)
            let state = word & SlotWord.stateMask
            if state == SlotWord.lent || state == SlotWord.lentByPool { current += 1 }
        }
        return (given, current, confirmed)
    }

    /// How long loans took. O(slots).
    func useTimes() -> DurationHistogram {
        var histogram = DurationHistogram()
        for index in 0..<count.load(ordering: .acquiring) {
            guard let raw = Self.raw(index, in: allChunks) else { continue }
            let slot = raw.assumingMemoryBound(to: Slot.self)
            histogram.sum += .nanoseconds(slot.pointee.useTime.load(ordering: .relaxed))
            let buckets = (raw + 128).assumingMemoryBound(to: Atomic<UInt64>.self)
            for bucket in 0..<DurationHistogram.bucketCount {
                histogram.buckets[bucket] += (buckets + bucket).pointee.load(ordering: .relaxed)
            }
        }
        return histogram
    }
}
