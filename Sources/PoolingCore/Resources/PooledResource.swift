public import Synchronization

/// A resource in its pool: itself, and which of its hooks are due.
///
/// Borrowers see the resource; only ``Lease/detach()`` hands this over, and whoever takes it ends the resource.
public final class PooledResource<Resource: Sendable>: Sendable {
    /// What is pooled.
    public let resource: Resource

    // Each is written by whoever has the resource, whose turns the pool has in order.

    /// Lent since its release hook ran last.
    @usableFromInline let isUsed = Atomic<Bool>(false)
    /// Its acquire hook ran since its release hook ran last: perhaps for one who was cancelled before the loan began.
    let isAcquired = Atomic<Bool>(false)

    init(_ resource: Resource) { self.resource = resource }

    @inlinable func noteLoan() { isUsed.store(true, ordering: .relaxed) }

    @inlinable var awaitsRelease: Bool { isUsed.load(ordering: .relaxed) }
}
