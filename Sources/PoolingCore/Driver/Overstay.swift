internal import Synchronization

/// An operation that still ran when its loan ended, and whoever waits for it in order to close the connection.
///
/// Without such an operation, which is the rule, this costs one relaxed load where a connection's condition is read.
package struct Overstay: ~Copyable, Sendable {
    // Not private: Swift 6.3 fails to compile that under a sanitizer ("Global is external").
    enum State {
        case none, running, over
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.none)
    private let flag = Atomic<Bool>(false)

    package init() {}

    /// There is or was one: the connection must not be used again.
    package var isKnown: Bool { flag.load(ordering: .relaxed) }

    /// The gate was shut while an operation was inside.
    package func began() {
        flag.store(true, ordering: .relaxed)
        state.withLock { if case .none = $0 { $0 = .running } }
    }

    /// The operation is over, perhaps before ``began()`` was told: both are told exactly once.
    package func ended() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            defer { state = .over }
            if case .awaited(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume()
    }

    /// Returns when no operation runs any more.
    package nonisolated(nonsending) func end() async {
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state -> Bool in
                guard case .running = state else { return true }
                state = .awaited(waiter)
                return false
            }
            if isOver { waiter.resume() }
        }
    }
}
