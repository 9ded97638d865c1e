public import Synchronization

/// Refuses a call on a connection after its loan has ended or while another task uses it, in release builds too (F51).
///
/// A driver's connection class keeps one. ``open(_:)`` stands in its `lend`, ``close()`` in its `reclaim`, and each
/// operation of its handle runs between ``enter(_:)`` and ``leave(_:)``. One atomic each, no lock.
///
/// The word is the loan's number shifted by one, with the lowest bit set while an operation runs.
public struct LoanGate: ~Copyable, Sendable {
    @usableFromInline let word = Atomic<UInt64>(0)

    @inlinable public init() {}

    /// From now on the handles of `loan`, and only they, may enter.
    @inlinable public func open(_ loan: LoanID) {
        word.store(Self.free(loan), ordering: .releasing)
    }

    /// From now on nobody may enter.
    /// - Returns: false if an operation of the loan is still running; the connection is not quiescent then.
    @inlinable @discardableResult public func close() -> Bool {
        word.exchange(0, ordering: .acquiringAndReleasing) & 1 == 0
    }

    /// Claims the connection for one operation.
    /// - Throws: ``PoolError`` with code `.loanEnded` or `.concurrentUse`.
    @inlinable public func enter(_ loan: LoanID) throws(PoolError) {
        let free = Self.free(loan)
        let (entered, found) = word.compareExchange(
            expected: free, desired: free | 1, successOrdering: .acquiring, failureOrdering: .relaxed)
        if !entered { throw Self.refusal(loan, found: found) }
    }

    /// Ends the operation. After a ``close()`` in between this does nothing.
    /// - Returns: false if the loan ended meanwhile.
    @inlinable @discardableResult public func leave(_ loan: LoanID) -> Bool {
        let free = Self.free(loan)
        return word.compareExchange(
            expected: free | 1, desired: free, successOrdering: .releasing, failureOrdering: .relaxed
        ).exchanged
    }

    @inlinable static func free(_ loan: LoanID) -> UInt64 { loan.rawValue << 1 }

    @usableFromInline @inline(never) static func refusal(_ loan: LoanID, found: UInt64) -> PoolError {
        PoolError(found == free(loan) | 1 ? .concurrentUse : .loanEnded)
    }
}
