@testable import PoolingCore

/// Blocks threads, not tasks, until opened.
///
/// Sendable because `isOpen` is touched only with the lock held.
final class ThreadGate: @unchecked Sendable {
    private let signal = ThreadSignal()
    private var isOpen = false

    func wait() {
        signal.lock()
        while !isOpen { signal.wait(nanoseconds: 50_000_000) }
        signal.unlock()
    }

    func open() {
        signal.lock()
        isOpen = true
        signal.wakeOne()
        signal.unlock()
    }
}
