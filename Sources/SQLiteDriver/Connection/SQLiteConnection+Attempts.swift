internal import PoolingCore
internal import PoolingSQL

// Where an operation runs, and how often it is tried.
extension SQLiteConnection {
    /// Runs `work` where calls into SQLite may run, again and again while somebody holds the lock that it needs.
    ///
    /// The pauses are `Task.sleep`: they keep no thread, and cancellation ends them at once (F42).
    nonisolated(nonsending) func run<R: Sendable>(
        _ work: @escaping @Sendable (SQLiteConnection) throws(SQLiteFailure) -> R
    ) async throws -> R {
        var patience = Patience(settings.busyTimeout)
        while true {
            switch await attempt(work) {
            case .success(let result): return result
            case .failure(.cancelled): throw CancellationError()
            case .failure(.refused(let error)): throw error
            case .failure(.locked(let error)): try await wait(for: error, &patience)
            }
        }
    }

    /// The pause before another attempt. Throws when there is to be none.
    nonisolated(nonsending) func wait(for error: SQLError, _ patience: inout Patience) async throws {
        guard let pause = patience.nextPause() else { throw patience.exhausted(error) }
        try await Task.sleep(for: pause)
        if interruption.isClosing { throw SQLError.closing }
    }

    /// One attempt, on the right thread.
    nonisolated(nonsending) func attempt<R: Sendable>(
        _ work: @escaping @Sendable (SQLiteConnection) throws(SQLiteFailure) -> R
    ) async -> Result<R, SQLiteFailure> {
        // No thread of the executor is in a child process.
        if isInherited { return .failure(.refused(.inherited(settings.path))) }
        guard let executor, !executor.isCurrent else {
            interruption.statement = nil
            return Result { () throws(SQLiteFailure) in try work(self) }
        }
        // The hop costs microseconds, so that a handler adds nothing that shows.
        let flag = CancellationFlag()
        return await withTaskCancellationHandler {
            do {
                return try await executor.run {
                    self.interruption.flag = flag
                    self.interruption.statement = nil
                    defer { self.interruption.flag = nil }
                    return Result { () throws(SQLiteFailure) in try work(self) }
                }
            } catch {
                return .failure(.refused(SQLError(.other, "\(error)")))
            }
        } onCancel: {
            flag.set()
        }
    }
}

/// How long and how often a lock is waited for.
struct Patience {
    private let limit: Duration
    private var deadline: ContinuousClock.Instant?
    private var pause = Duration.milliseconds(1)

    init(_ limit: Duration) { self.limit = limit }

    /// Doubles from about 1 ms to about 50 ms, each a random half to the whole of that, so that those who wait for the
    /// same lock do not come back together. nil: the time is over.
    mutating func nextPause() -> Duration? {
        let now = ContinuousClock.now
        let deadline = deadline ?? now + limit
        self.deadline = deadline
        guard now < deadline else { return nil }
        let drawn = pause * Double.random(in: 0.5...1)
        pause = min(pause * 2, .milliseconds(50))
        return min(drawn, deadline - now)
    }

    func exhausted(_ error: SQLError) -> SQLError {
        var error = error
        error.message =
            "\(error.message): another connection holds the lock and did not give it up within \(limit); the statement "
            + "had no effect"
        return error
    }
}
