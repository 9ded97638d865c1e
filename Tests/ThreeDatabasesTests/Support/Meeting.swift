import Synchronization

/// Where two tasks wait for each other: for as long as both are on their way.
final class Meeting: Sendable {
    private struct State {
        var expected = 2
        var arrived = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Returns when everybody who has not left is there.
    func arrive() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.arrived += 1
                state.waiters.append(continuation)
                return Self.ready(&state)
            }
            for waiter in ready { waiter.resume() }
        }
    }

    /// Does not come, or has been there.
    func leave() {
        let ready = state.withLock { state in
            state.expected -= 1
            return Self.ready(&state)
        }
        for waiter in ready { waiter.resume() }
    }

    private static func ready(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard state.waiters.count >= state.expected || state.arrived >= 2 else { return [] }
        defer { state.waiters = [] }
        return state.waiters
    }
}
