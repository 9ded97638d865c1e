import PoolingCore
import Synchronization

/// An observer that tests wait on instead of sleeping.
final class EventLog: PoolObserver {
    private struct State {
        var events: [PoolEvent] = []
        var waits: [(predicate: @Sendable ([PoolEvent]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var events: [PoolEvent] { state.withLock { $0.events } }

    func observe(_ event: PoolEvent, in pool: PoolIdentity) {
        let ready = state.withLock { state in
            state.events.append(event)
            let events = state.events
            let ready = state.waits.filter { $0.predicate(events) }.map(\.continuation)
            state.waits.removeAll { $0.predicate(events) }
            return ready
        }
        for continuation in ready { continuation.resume() }
    }

    /// Returns once the events so far fulfil `predicate`.
    func wait(until predicate: @escaping @Sendable ([PoolEvent]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if predicate(state.events) { return true }
                state.waits.append((predicate, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Returns once `count` events matched.
    func wait(for count: Int = 1, _ matches: @escaping @Sendable (PoolEvent) -> Bool) async {
        await wait { $0.lazy.filter(matches).count >= count }
    }

    func count(_ matches: (PoolEvent) -> Bool) -> Int { events.lazy.filter(matches).count }
}

extension PoolEvent {
    var isConnected: Bool { if case .connectSucceeded = self { true } else { false } }
    var isConnectFailed: Bool { if case .connectFailed = self { true } else { false } }
    var isConnectStarted: Bool { if case .connectStarted = self { true } else { false } }
    var isWaiting: Bool { if case .acquireWaited = self { true } else { false } }
    var isValidated: Bool { if case .validated = self { true } else { false } }
    var isReset: Bool { if case .reset = self { true } else { false } }
    var isAbandoned: Bool { if case .abandoned = self { true } else { false } }
    func isClosed(_ reason: CloseReason) -> Bool {
        if case .closed(_, let other, _) = self { other == reason } else { false }
    }
}

/// Opens once, for everybody who waits.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Ignores cancellation.
    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// A value that tasks of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    var value: Value { mutex.withLock { $0 } }
    @discardableResult func change<R: Sendable>(_ change: (inout Value) -> R) -> R { mutex.withLock { change(&$0) } }
}
