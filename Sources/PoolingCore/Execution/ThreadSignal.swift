internal import CPoolingShims

/// A mutex with one condition, for threads that have to sleep (an executor's, a timer's).
///
/// Sendable because the C object never moves, is its own synchronisation, and is freed only when the last reference is
/// gone.
final class ThreadSignal: @unchecked Sendable {
    private let raw: OpaquePointer

    init() { raw = pooling_signal_create() }
    deinit { pooling_signal_destroy(raw) }

    func lock() { pooling_signal_lock(raw) }
    func unlock() { pooling_signal_unlock(raw) }

    /// Wakes one waiter, if there is one. The lock may be held or not.
    func wakeOne() { pooling_signal_wake_one(raw) }

    /// Lets go of the lock, which must be held, until woken; may wake for no reason.
    func wait() { _ = pooling_signal_wait(raw, Int64.max) }

    /// The same, until the monotonic clock shows `deadline` at the latest.
    func wait(until deadline: MonotonicInstant) { _ = pooling_signal_wait(raw, deadline.nanoseconds) }

    /// The same, for `nanoseconds` at most.
    func wait(nanoseconds: Int64) { _ = pooling_signal_wait(raw, pooling_clock_exact() + nanoseconds) }
}
