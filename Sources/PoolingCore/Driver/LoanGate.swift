public import Synchronization

/// Refuses a call on a connection after its loan has ended or while another task uses it, in release builds too (F51).
///
/// A driver's connection class keeps one. ``open(_:)`` stands in its `lend`, ``close()`` in its `reclaim`,
/// ``closeForGood()`` in its `close`, and each operation of its handle runs between ``enter(_:)`` and ``leave(_:)``. One
/// atomic each, no lock.
///
/// The word is the loan's number shifted by one, 0 without a loan and ``over`` at last, with the lowest bit set while an
/// operation runs.
public struct LoanGate: ~Copyable, Sendable {
    @usableFromInline let word = Atomic<UInt64>(0)

    /// No loan's number: those have a sequence that would have to count for ages.
    @usableFromInline static var over: UInt64 { ~1 }

    @inlinable public init() {}

    /// From now on the handles of `loan`, and only they, may enter.
    ///
    /// Unless an operation of the loan before still runs, or the connection is closed: then nobody may.
    @inlinable public func open(_ loan: LoanID) {
        var found = word.load(ordering: .relaxed)
        while found < Self.over, found & 1 == 0 {
            let (opened, now) = word.weakCompareExchange(
                expected: found, desired: Self.free(loan), successOrdering: .releasing, failureOrdering: .relaxed)
            if opened { return }
            found = now
        }
    }

    /// From now on nobody may enter.
    /// - Returns: false if an operation of the loan is still running; the connection is not quiescent then.
    @inlinable @discardableResult public func close() -> Bool { shut(0) }

    /// From now on nobody may enter, and no ``open(_:)`` changes that: a shutdown whose time is up closes what is being
    /// lent at that moment, too (F61).
    /// - Returns: false if an operation is still running; it has to be waited for.
    @inlinable @discardableResult public func closeForGood() -> Bool { shut(Self.over) }

    /// Who has been closed for good stays so, and an operation that runs is told to each who asks.
    @inlinable func shut(_ closed: UInt64) -> Bool {
        var found = word.load(ordering: .relaxed)
        while true {
            let (done, now) = word.weakCompareExchange(
                expected: found, desired: (found >= Self.over ? Self.over : closed) | found & 1,
                successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
            if done { return found & 1 == 0 }
            found = now
        }
    }

    /// Claims the connection for one operation.
    /// - Throws: ``PoolError`` with code `.loanEnded` or `.concurrentUse`.
    @inlinable public func enter(_ loan: LoanID) throws(PoolError) {
        let free = Self.free(loan)
        let (entered, found) = word.compareExchange(
            expected: free, desired: free | 1, successOrdering: .acquiring, failureOrdering: .relaxed)
        if !entered { throw Self.refusal(loan, found: found) }
    }

    /// Ends the operation.
    /// - Returns: false if the loan ended meanwhile.
    @inlinable @discardableResult public func leave(_ loan: LoanID) -> Bool {
        let free = Self.free(loan)
        if word.compareExchange(
            expected: free | 1, desired: free, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged {
            return true
        }
        // The loan has ended meanwhile, or the connection was closed; what else may be there is another operation's.
        for closed in [0, Self.over] {
            let (isCleared, _) = word.compareExchange(
                expected: closed | 1, desired: closed, successOrdering: .releasing, failureOrdering: .relaxed)
            if isCleared { break }
        }
        return false
    }

    @inlinable static func free(_ loan: LoanID) -> UInt64 { loan.rawValue << 1 }

    @usableFromInline @inline(never) static func refusal(_ loan: LoanID, found: UInt64) -> PoolError {
        PoolError(found == free(loan) | 1 ? .concurrentUse : .loanEnded)
    }
}
