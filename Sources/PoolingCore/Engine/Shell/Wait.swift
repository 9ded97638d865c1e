internal import CPoolingShims
internal import ServiceContextModule

/// What a waiting acquire is told.
enum WaitOutcome: Sendable {
    case granted(LoanID, waited: Int64)
    case refused(Refusal, waited: Int64)
    /// The driver refused to prepare a connection for it.
    case failed(any Error)
    case warmed
    /// Cancelled before it could wait.
    case cancelled
}

/// One waiting acquire: the way back to its task, and the way from its task's cancellation to the machine.
struct Wait {
    /// The first, since its address and that of the whole are one.
    fileprivate var cancellation: pooling_cancellation
    /// Held by the task that waits.
    fileprivate let core: Unmanaged<PoolCore>
    /// Guarded by the pool's lock, like what follows. Set once the machine knows the waiter.
    var id: WaiterID?
    /// The task was cancelled before the machine knew.
    var isCancelled = false
    var continuation: UnsafeContinuation<WaitOutcome, Never>?
    var context: ServiceContext?
    /// Otherwise it waits for the pool to be warm, which observers are not told.
    let isAcquire: Bool
}

/// Where a ``Wait`` stands: memory that threads keep, so that waiting allocates nothing, as a rule.
///
/// Sendable because whoever has it touches only what the fields' comments allow, and only until the task that took it
/// gives it back. Until then it is told of its cancellation, and nobody else reaches it once its end was told.
struct WaitPlace: @unchecked Sendable {
    private let pointer: UnsafeMutablePointer<Wait>

    var wait: Wait {
        unsafeAddress { UnsafePointer(pointer) }
        nonmutating unsafeMutableAddress { pointer }
    }

    /// By the task that is going to wait, and gives it back.
    static func take(for core: PoolCore, isAcquire: Bool) -> WaitPlace {
        let memory = pooling_spare_take(MemoryLayout<Wait>.size).assumingMemoryBound(to: Wait.self)
        let cancellation = pooling_cancellation(
            handler: { raw in
                let place = WaitPlace(pointer: raw.assumingMemoryBound(to: Wait.self))
                place.wait.core.takeUnretainedValue().cancelled(place)
            }, record: nil)
        memory.initialize(
            to: Wait(cancellation: cancellation, core: .passUnretained(core), isAcquire: isAcquire))
        return WaitPlace(pointer: memory)
    }

    func giveBack() {
        pointer.deinitialize(count: 1)
        pooling_spare_give(pointer, MemoryLayout<Wait>.size)
    }

    // MARK: - Cancellation

    /// From now on, a cancellation of the current task is told to the pool; at once if there was one.
    ///
    /// The runtime allocates for it from the task, in the manner of a stack: between this and ``ignoreCancellation()``
    /// there may be complete calls only, and both stand in a function that isn't generic.
    func watchCancellation() { pooling_cancellation_watch(&pointer.pointee.cancellation) }

    /// A cancellation that is being told has been told when this returns.
    func ignoreCancellation() { pooling_cancellation_ignore(&pointer.pointee.cancellation) }
}
