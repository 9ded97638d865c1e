internal import Synchronization

/// What has come and was not read yet: at most `limit`, of which the oldest go first.
final class NotificationBuffer: Sendable {
    private typealias Reader = CheckedContinuation<PostgresNotification?, any Error>

    private struct State {
        var pending: [PostgresNotification] = []
        /// Where the oldest one stands: those before it were read.
        var start = 0
        /// Since the last one that was kept.
        var dropped = 0
        var reader: Reader?
        var isOver = false
        /// Told once.
        var failure: (any Error)?

        mutating func take() -> PostgresNotification? {
            guard start < pending.count else { return nil }
            defer {
                start += 1
                if start > 64, start * 2 > pending.count {
                    pending.removeFirst(start)
                    start = 0
                }
            }
            var notification = pending[start]
            // Dropped were the oldest: what stood before this one.
            notification.dropped = dropped
            dropped = 0
            return notification
        }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(limit, 1) }

    func add(_ notification: PostgresNotification) {
        let reader = state.withLock { state -> Reader? in
            if state.isOver { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if state.pending.count - state.start >= limit {
                _ = state.take().map { state.dropped = $0.dropped + 1 }
            }
            state.pending.append(notification)
            return nil
        }
        reader?.resume(returning: notification)
    }

    /// What is there can still be read; then `failure` is thrown, if there is one, and nothing comes after it.
    func end(_ failure: (any Error)?) {
        let reader = state.withLock { state -> Reader? in
            if state.isOver { return nil }
            state.isOver = true
            if state.reader == nil { state.failure = failure }
            defer { state.reader = nil }
            return state.reader
        }
        if let failure { reader?.resume(throwing: failure) } else { reader?.resume(returning: nil) }
    }

    nonisolated(nonsending) func next() async throws -> PostgresNotification? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, former) = state.withLock { state -> (Result<PostgresNotification?, any Error>?, Reader?) in
                    if let notification = state.take() { return (.success(notification), nil) }
                    if let failure = state.failure {
                        state.failure = nil
                        return (.failure(failure), nil)
                    }
                    if state.isOver { return (.success(nil), nil) }
                    if Task.isCancelled { return (.failure(CancellationError()), nil) }
                    defer { state.reader = continuation }
                    return (nil, state.reader)
                }
                if let answer { continuation.resume(with: answer) }
                former?.resume(returning: nil)
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(throwing: CancellationError())
        }
    }
}
