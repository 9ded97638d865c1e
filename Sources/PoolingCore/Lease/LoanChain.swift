internal import Synchronization

/// The scoped loans that a task is in, its parents' included, where a pool follows child tasks
/// (`.failOnDeadlockInChildTasks`): none of them can end before the task does.
@usableFromInline
package final class LoanChain: Sendable {
    @usableFromInline static let binding = TaskLocal<LoanChain?>(wrappedValue: nil)

    let pool: UInt64
    /// Stands for the loan where the machine knows a task elsewhere. No address of a task is odd.
    @usableFromInline let owner: UInt
    let outer: LoanChain?

    /// One loan more, of the current task.
    @usableFromInline
    init(in pool: PoolIdentity) {
        self.pool = pool.number
        owner = UInt(truncatingIfNeeded: Self.made.wrappingAdd(1, ordering: .relaxed).newValue) << 1 | 1
        outer = Self.binding.get()
    }

    private static let made = Atomic<UInt64>(0)

    /// The owners of the loans around it, of the same pool.
    @usableFromInline
    var holds: [UInt] {
        var owners: [UInt] = []
        var next = outer
        while let chain = next {
            if chain.pool == pool { owners.append(chain.owner) }
            next = chain.outer
        }
        return owners
    }
}
