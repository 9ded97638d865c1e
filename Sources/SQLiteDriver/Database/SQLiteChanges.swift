internal import Synchronization

/// The commits of a ``SQLiteDatabase`` as they happen. Several that nobody has looked at yet are told as one, so that
/// who is slow loses nothing and keeps no memory.
///
/// Begins when it is made, not when it is first read. Read by one task.
public struct SQLiteChanges: AsyncSequence, Sendable {
    public typealias Element = SQLiteChange
    public typealias Failure = Never

    private let subscription: Subscription

    init(_ subscription: Subscription) { self.subscription = subscription }

    public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscription: Subscription

        /// The next change; nil when the database was shut down or the task was cancelled.
        public nonisolated(nonsending) mutating func next() async -> SQLiteChange? { await subscription.next() }

        /// The next change; nil when the database was shut down or the task was cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> SQLiteChange? {
            await subscription.next()
        }
    }
}

extension SQLiteChanges {
    /// One reader's part of the changes. Ends with its last reference.
    final class Subscription: Sendable {
        private enum Reader {
            case none
            case waiting(CheckedContinuation<SQLiteChange?, Never>)
        }

        private struct State {
            var pending = SQLiteChange()
            var reader = Reader.none
            var isOver = false
        }

        private let state = Mutex(State())
        /// nil: all of them.
        private let tables: Set<String>?
        private let onEnd: @Sendable () -> Void

        /// - Parameter tables: in lower case.
        init(tables: Set<String>?, onEnd: @escaping @Sendable () -> Void) {
            self.tables = tables
            self.onEnd = onEnd
        }

        deinit { onEnd() }

        func add(_ change: SQLiteChange) {
            if let tables, !change.schema, !change.tables.contains(where: { tables.contains($0.lowercased()) }) {
                return
            }
            let (reader, news) = state.withLock { state -> (Reader, SQLiteChange?) in
                if state.isOver { return (.none, nil) }
                state.pending.formUnion(change)
                guard case .waiting = state.reader else { return (.none, nil) }
                defer {
                    state.reader = .none
                    state.pending = SQLiteChange()
                }
                return (state.reader, state.pending)
            }
            if case .waiting(let continuation) = reader { continuation.resume(returning: news) }
        }

        func end() {
            let reader = state.withLock { state in
                defer { state.reader = .none }
                state.isOver = true
                return state.reader
            }
            if case .waiting(let continuation) = reader { continuation.resume(returning: nil) }
        }

        nonisolated(nonsending) func next() async -> SQLiteChange? {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let (answer, former) = state.withLock { state -> (SQLiteChange??, Reader) in
                        if !state.pending.isEmpty {
                            defer { state.pending = SQLiteChange() }
                            return (.some(state.pending), .none)
                        }
                        if state.isOver || Task.isCancelled { return (.some(nil), .none) }
                        // Two tasks that read one sequence: the one that came first is told that it is over.
                        defer { state.reader = .waiting(continuation) }
                        return (nil, state.reader)
                    }
                    if let answer { continuation.resume(returning: answer) }
                    if case .waiting(let former) = former { former.resume(returning: nil) }
                }
            } onCancel: {
                let reader = state.withLock { state in
                    defer { state.reader = .none }
                    return state.reader
                }
                if case .waiting(let continuation) = reader { continuation.resume(returning: nil) }
            }
        }
    }

    /// Hands changes to whoever listens.
    final class Hub: Sendable {
        private struct Listener {
            weak var subscription: Subscription?
        }

        private struct State {
            var listeners: [UInt64: Listener] = [:]
            var latest: UInt64 = 0
            var isOver = false
        }

        private let state = Mutex(State())
        private let isListened = Atomic<Bool>(false)
        /// Whether somebody may be listening: what a commit looks at.
        var mayHaveListeners: Bool { isListened.load(ordering: .sequentiallyConsistent) }

        func subscribe(to tables: Set<String>?) -> Subscription {
            let number = state.withLock { state in
                state.latest += 1
                return state.latest
            }
            let names = tables.map { Set($0.map { $0.lowercased() }) }
            let subscription = Subscription(tables: names) { [weak self] in self?.remove(number) }
            let isOver = state.withLock { state in
                if !state.isOver { state.listeners[number] = Listener(subscription: subscription) }
                return state.isOver
            }
            isListened.store(true, ordering: .sequentiallyConsistent)
            if isOver { subscription.end() }
            return subscription
        }

        func tell(_ change: SQLiteChange) {
            guard mayHaveListeners else { return }
            for subscription in subscriptions() { subscription.add(change) }
        }

        func end() {
            state.withLock { $0.isOver = true }
            for subscription in subscriptions() { subscription.end() }
        }

        /// Let go of outside of the lock: a last reference would come back to ``remove(_:)``.
        private func subscriptions() -> [Subscription] {
            state.withLock { $0.listeners.values.compactMap(\.subscription) }
        }

        private func remove(_ number: UInt64) {
            state.withLock { state in
                state.listeners[number] = nil
                if state.listeners.isEmpty { isListened.store(false, ordering: .sequentiallyConsistent) }
            }
        }
    }
}
