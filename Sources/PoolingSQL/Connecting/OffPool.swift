package import PoolingCore
internal import Synchronization

/// Calls that block and can't be interrupted: looking up names, and what a client library does only so. They run on threads
/// of their own, and are given up on at a deadline. Their number is bounded; what is over it does not begin.
package enum OffPool {
    package static let resolver = BlockingExecutor(name: "sql-resolve", threads: 16)

    package struct DeadlinePassed: Error { package init() {} }

    /// Returns what `body` does, unless the deadline passes, or the task is cancelled, before it has.
    package static nonisolated(nonsending) func run<R: Sendable>(
        on executor: BlockingExecutor, until deadline: MonotonicInstant, isCancellable: Bool = true,
        _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await self.await(until: deadline, isCancellable: isCancellable) { try await executor.run(body) }
    }

    /// The same for what waits by itself, and need not heed the cancellation of its task.
    package static nonisolated(nonsending) func await<R: Sendable>(
        until deadline: MonotonicInstant, isCancellable: Bool = false, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        let answer = Answer<R>()
        Task.detached {
            do {
                let value = try await body()
                answer.settle(.success(value))
            } catch {
                answer.settle(.failure(error))
            }
        }
        let clock = Task.detached {
            let left = max(deadline - .now, 0)
            // Cancelled when the answer is there.
            guard (try? await Task.sleep(for: .nanoseconds(left))) != nil else { return }
            answer.settle(.failure(DeadlinePassed()))
        }
        defer { clock.cancel() }
        guard isCancellable else { return try await answer.value }
        return try await withTaskCancellationHandler {
            try await answer.value
        } onCancel: {
            answer.settle(.failure(CancellationError()))
        }
    }

    /// The first of several answers.
    private final class Answer<R: Sendable>: Sendable {
        private enum State {
            case open
            case awaited(CheckedContinuation<R, any Error>)
            case settled(Result<R, any Error>)
        }
        private let state = Mutex(State.open)

        func settle(_ result: Result<R, any Error>) {
            let waiter = state.withLock { state -> CheckedContinuation<R, any Error>? in
                switch state {
                case .settled: return nil
                case .open:
                    state = .settled(result)
                    return nil
                case .awaited(let waiter):
                    state = .settled(result)
                    return waiter
                }
            }
            waiter?.resume(with: result)
        }

        var value: R {
            get async throws {
                try await withCheckedThrowingContinuation { waiter in
                    let result = state.withLock { state -> Result<R, any Error>? in
                        if case .settled(let result) = state { return result }
                        state = .awaited(waiter)
                        return nil
                    }
                    if let result { waiter.resume(with: result) }
                }
            }
        }
    }
}
