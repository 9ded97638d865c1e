internal import PoolingCore
internal import PoolingSQL
internal import Synchronization

/// Keeps the write-ahead log of a ``SQLiteDatabase`` bounded, in the background.
///
/// Moving pages into the database file needs nobody's consent and is done beside the writers, on a connection of its
/// own. But the log begins anew only in a moment in which nobody reads from it, and under constant reading there is no
/// such moment: then the writers are held off until there is one, which takes as long as the longest read that runs.
/// Reads that begin meanwhile find everything in the file and are not in the way.
///
/// A disk may be slower than the writers, and on a crowded machine the background may not get its turn: when the log has
/// grown to twice its limit, the writer's connection is not lent again before it has emptied the log itself.
final class Checkpointer: Sendable {
    private let pool: Pool<SQLite>
    private let writer: Pool<SQLite>
    private let policy: SQLiteDatabase.Checkpointing
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    /// Pages that the log has after the last commit.
    private let pages = Atomic<Int>(0)
    /// From how many on it is moved.
    private let threshold: Atomic<Int>
    /// Below how many the writers are not held off again: after an attempt in vain they have their turn.
    private let respite = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    private let failure = Mutex<(any Error)?>(nil)

    init(_ pool: Pool<SQLite>, writer: Pool<SQLite>, policy: SQLiteDatabase.Checkpointing, growth: LogGrowth) {
        self.pool = pool
        self.writer = writer
        self.policy = policy
        threshold = Atomic(policy.pages)
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        growth.tell(to: self)
    }

    var lastFailure: (any Error)? { failure.withLock { $0 } }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        wake.finish()
    }

    /// Works until ``stop()``.
    func run() async {
        for await _ in wakes {
            do {
                let result = try await pool.withConnection { try await $0.checkpoint(.passive) }
                var next = result.pages + policy.pages / 2
                if result.pages >= policy.limit {
                    next = try await reset() ? policy.pages : result.pages + policy.limit / 2
                }
                threshold.store(next, ordering: .relaxed)
                failure.withLock { $0 = nil }
            } catch {
                // Tried again when the log has grown some more. What is wrong with the file the writers are told.
                threshold.store(pages.load(ordering: .relaxed) + policy.pages, ordering: .relaxed)
                failure.withLock { $0 = error }
            }
        }
    }

    /// Called by the writer, inside of a commit.
    /// - Returns: whether the log has to be emptied before anything else is written.
    func grown(to count: Int) -> Bool {
        // It has begun anew.
        if count < pages.exchange(count, ordering: .relaxed) {
            threshold.store(policy.pages, ordering: .relaxed)
            respite.store(0, ordering: .relaxed)
        }
        if count >= threshold.load(ordering: .relaxed) { wake.yield() }
        return count >= max(policy.brink, respite.load(ordering: .relaxed))
    }

    /// Called with the writer's connection before it is lent again.
    nonisolated(nonsending) func brake(_ writer: SQLiteHandle) async {
        let count = pages.load(ordering: .relaxed)
        respite.store(count + policy.limit / 2, ordering: .relaxed)
        // Half of it is left for what else a reset has to do.
        let span = min(policy.patience, self.writer.configuration.resetTimeout / 2)
        do {
            if try await empty(within: span, { () async throws in try await writer.checkpoint(.truncate) }) {
                respite.store(0, ordering: .relaxed)
            }
        } catch {
            failure.withLock { $0 = error }
        }
    }

    /// Holds the writers off until the log can begin anew.
    /// - Returns: whether it does.
    private func reset() async throws -> Bool {
        let count = pages.load(ordering: .relaxed)
        if count < respite.load(ordering: .relaxed) { return false }
        respite.store(count + policy.limit / 2, ordering: .relaxed)
        let hold: Lease<SQLite>
        do {
            hold = try await writer.lease(timeout: policy.patience, priority: .high)
        } catch let error as PoolError where error.code == .acquireTimedOut && error.lastConnectError == nil {
            // One write takes longer than that: nothing is wrong.
            return false
        }
        do {
            let isDone = try await empty(within: policy.patience) { () async throws in
                try await pool.withConnection { try await $0.checkpoint(.truncate) }
            }
            if isDone { respite.store(0, ordering: .relaxed) }
            hold.release()
            return isDone
        } catch {
            hold.release()
            throw error
        }
    }

    /// Tries until nobody reads from the log and no other checkpoint runs. Nobody may write meanwhile.
    private nonisolated(nonsending) func empty(
        within span: Duration, _ checkpoint: nonisolated(nonsending) () async throws -> SQLiteCheckpoint
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + span
        var pause = Duration.microseconds(200)
        while true {
            if try await checkpoint().isComplete { return true }
            // A shutdown would wait for the writer that is held here.
            if isStopped.load(ordering: .relaxed) || ContinuousClock.now + pause >= deadline { return false }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(10))
        }
    }
}

/// Brings the news of the log's size from the writer's connections to the ``Checkpointer``, which is made after them.
final class LogGrowth: Sendable {
    private struct Observer {
        weak var checkpointer: Checkpointer?
    }

    private let observer = Mutex(Observer())
    private let overBrink = Atomic<Bool>(false)

    /// Whether ``brake(_:)`` has to be called before the next write.
    var isOverBrink: Bool { overBrink.load(ordering: .relaxed) }

    func tell(to checkpointer: Checkpointer) { observer.withLock { $0.checkpointer = checkpointer } }

    /// Called inside of SQLite: not to call back.
    func tell(_ pages: Int) {
        let isOver = observer.withLock { $0.checkpointer }?.grown(to: pages) ?? false
        overBrink.store(isOver, ordering: .relaxed)
    }

    nonisolated(nonsending) func brake(_ writer: SQLiteHandle) async {
        overBrink.store(false, ordering: .relaxed)
        await observer.withLock { $0.checkpointer }?.brake(writer)
    }
}
