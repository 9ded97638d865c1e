internal import Synchronization

/// Lets tasks begin together: the last one to arrive notes the time and wakes the others.
final class StartBarrier: Sendable {
    private struct State {
        var missing: Int
        var opened: ContinuousClock.Instant?
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(parties: Int) { state = Mutex(State(missing: parties)) }

    nonisolated(nonsending) func arrive() async {
        await withUnsafeContinuation { continuation in
            let woken = state.withLock { state in
                state.missing -= 1
                state.waiting.append(continuation)
                guard state.missing == 0 else { return [UnsafeContinuation<Void, Never>]() }
                state.opened = .now
                return state.waiting
            }
            for continuation in woken { continuation.resume() }
        }
    }

    /// When the last one arrived.
    var opened: ContinuousClock.Instant { state.withLock { $0.opened } ?? .now }
}
