internal import CPoolingShims
internal import ServiceContextModule
internal import Synchronization

/// What a waiting acquire is told.
enum WaitOutcome: Sendable {
    case granted(LoanID, waited: Int64)
    case refused(Refusal, waited: Int64)
    case warmed
    /// Cancelled before it could wait.
    case cancelled
}

/// One waiting acquire: the way back to its task, and the way from its task's cancellation to the machine.
struct Wait {
    /// The first, since its address and that of the whole are one.
    fileprivate(set) var cancellation: pooling_cancellation
    /// Held by the task that waits.
    fileprivate(set) var core: Unmanaged<PoolCore>
    /// Guarded by the pool's lock, like what follows. Set once the machine knows the waiter.
    var id: WaiterID?
    /// The task was cancelled before the machine knew.
    var isCancelled = false
    var continuation: UnsafeContinuation<WaitOutcome, Never>?
    var context: ServiceContext?
    /// Otherwise it waits for the pool to be warm, which observers are not told.
    var isAcquire = true
}

/// Where a ``Wait`` stands: memory that is used again, so that waiting allocates nothing, as a rule.
///
/// Sendable because whoever has it touches only what the fields' comments allow, and only until the task that took it
/// gives it back. Until then it is told of its cancellation, and nobody else reaches it once its end was told.
struct WaitPlace: @unchecked Sendable {
    private let pointer: UnsafeMutablePointer<Wait>

    var wait: Wait {
        unsafeAddress { UnsafePointer(pointer) }
        nonmutating unsafeMutableAddress { pointer }
    }

    // MARK: - Memory

    private static let spare = SpareWaits()

    /// By the task that is going to wait, and gives it back.
    static func take(for core: PoolCore, isAcquire: Bool) -> WaitPlace {
        let place = WaitPlace(pointer: spare.exchange(nil) ?? make(core))
        place.wait.core = .passUnretained(core)
        place.wait.isAcquire = isAcquire
        return place
    }

    private static func make(_ core: PoolCore) -> UnsafeMutablePointer<Wait> {
        let pointer = UnsafeMutablePointer<Wait>.allocate(capacity: 1)
        let cancellation = pooling_cancellation(
            handler: { raw in
                let place = WaitPlace(pointer: raw.assumingMemoryBound(to: Wait.self))
                place.wait.core.takeUnretainedValue().cancelled(place)
            }, record: nil)
        pointer.initialize(to: Wait(cancellation: cancellation, core: .passUnretained(core)))
        return pointer
    }

    func giveBack() {
        wait.id = nil
        wait.isCancelled = false
        if wait.context != nil { wait.context = nil }
        guard let displaced = Self.spare.exchange(pointer) else { return }
        displaced.deinitialize(count: 1)
        displaced.deallocate()
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

/// One wait for each of the threads, give or take those that have the same number here: as a rule a thread that is going
/// to wait finds what the last one that went on here has left.
///
/// Sendable because what it points to is atomic and stays.
private struct SpareWaits: @unchecked Sendable {
    private typealias Line = Atomic<UnsafeMutablePointer<Wait>?>
    private let lines: UnsafeMutablePointer<Line>
    private static let threads = 32
    /// Pointers in a cache line, of which one is used.
    private static let lineLength = 8

    init() {
        lines = .allocate(capacity: Self.threads * Self.lineLength)
        for index in 0..<Self.threads * Self.lineLength { (lines + index).initialize(to: Line(nil)) }
    }

    /// What this thread has left, for what it leaves now.
    func exchange(_ wait: UnsafeMutablePointer<Wait>?) -> UnsafeMutablePointer<Wait>? {
        let line = lines + Int(pooling_thread_number()) % Self.threads * Self.lineLength
        return line.pointee.exchange(wait, ordering: .acquiringAndReleasing)
    }
}
