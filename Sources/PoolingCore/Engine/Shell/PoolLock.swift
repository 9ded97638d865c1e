internal import Synchronization

/// The one lock of a pool. It stands alone here so that what it is made of can be measured and changed in one place:
/// `Mutex` on Linux is a priority-inheriting futex, which ThreadSanitizer does not see: in its builds ``ThreadMutex`` has
/// this name.
struct PoolLock<Value: ~Copyable>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>

    init(_ value: consuming sending Value) { mutex = Mutex(value) }

    borrowing func withLock<R: ~Copyable, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending R
    ) throws(E) -> sending R {
        try mutex.withLock(body)
    }
}
