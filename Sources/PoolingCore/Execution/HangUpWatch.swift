internal import CPoolingShims
internal import Synchronization

/// Notices that the other side of a socket has hung up while nobody waits for it (F20).
///
/// A poller of its own, which is always armed and sits inside of one event loop's: the loops' own armings are one-shot,
/// so that a socket that nobody waits for is armed nowhere else. Data that arrive wake nobody here.
final class HangUpWatch: Sendable {
    static let shared = HangUpWatch()

    /// A hang-up that was noticed, for ``EventSocket`` to read without a system call.
    final class Flag: Sendable {
        private let word = Atomic<Bool>(false)
        var isSet: Bool { word.load(ordering: .acquiring) }
        func set() { word.store(true, ordering: .releasing) }
    }

    private struct State {
        var poller: CInt?
        var flags: [UInt64: Flag] = [:]
        var last: UInt64 = 0
    }
    private let state = Mutex(State())

    /// Watches `descriptor` until ``forget(_:_:)``. nil: the system refuses; hang-ups are noticed by use only then.
    func add(_ descriptor: CInt, _ flag: Flag) -> UInt64? {
        state.withLock { state in
            guard let poller = state.poller ?? open() else { return nil }
            state.poller = poller
            state.last += 1
            guard pooling_poller_watch_hang_up(poller, descriptor, state.last) == 0 else { return nil }
            state.flags[state.last] = flag
            return state.last
        }
    }

    /// - Parameter descriptor: nil if it may be closed already.
    func forget(_ token: UInt64, _ descriptor: CInt?) {
        state.withLock { state in
            state.flags[token] = nil
            if let poller = state.poller, let descriptor { pooling_poller_forget(poller, descriptor) }
        }
    }

    /// Sets the flags of those that have hung up. On the loop's thread.
    func collect() {
        withUnsafeTemporaryAllocation(of: pooling_ready.self, capacity: 64) { ready in
            while true {
                guard let poller = state.withLock({ $0.poller }), let first = ready.baseAddress else { return }
                let count = Int(pooling_poller_wait(poller, first, CInt(ready.count), 0))
                if count == 0 { return }
                state.withLock { state in
                    for event in ready.prefix(count) where event.readiness & POOLING_HUNG_UP != 0 {
                        state.flags[event.token]?.set()
                    }
                }
            }
        }
    }

    private func open() -> CInt? {
        var poller: CInt = -1
        var bell: CInt = -1
        guard pooling_poller_create(&poller, &bell) == 0 else { return nil }
        guard EventLoop.outsiders.watchHangUps(of: poller) else {
            pooling_poller_destroy(poller, bell)
            return nil
        }
        return poller
    }
}
