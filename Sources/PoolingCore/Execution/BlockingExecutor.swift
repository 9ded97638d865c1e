internal import CPoolingShims

/// Threads that may block, so that the cooperative thread pool need not: where drivers over blocking libraries
/// (SQLite, and any plugin over one) make their calls.
///
/// It is a `TaskExecutor`: tasks can live on it (`withTaskExecutorPreference`), and then their blocking calls cross no
/// thread at all. A task that lives elsewhere hops for each ``run(_:)``, or once for a whole loan by landing.
///
/// One queue serves all threads. Threads start on demand and only as many are kept busy as the machine has cores,
/// until some are seen to be stuck in a call; each of those is then made up for by another, up to `threads`. So tasks
/// that compute do not fight for the cores, and calls that block do not starve the others. While nothing is queued
/// nobody wakes.
public final class BlockingExecutor: TaskExecutor, Sendable {
    /// The process-wide one, for 64 calls that block at once.
    public static let shared = BlockingExecutor(name: "pool-blocking")

    let crew: BlockingCrew
    /// nil: it is the crew's own and not one for one job at a time.
    private let lane: BlockingLane?
    /// Whose threads it uses; nil: its own.
    private let owner: BlockingExecutor?

    /// - Parameters:
    ///   - name: of its threads, in debuggers and `top`; 15 bytes are kept.
    ///   - threads: as many as may block at once. They cost nothing until they are needed, and a reserved stack after.
    ///     More calls than this wait for one to return; 0 and less count as 1.
    public init(name: String = "blocking", threads: Int = 64) {
        crew = BlockingCrew(name: name, threads: max(threads, 1))
        lane = nil
        owner = nil
    }

    /// One that does one job at a time, on the threads of `executor` and before its other jobs: for what is serial by
    /// nature and keeps others waiting, as the one writer of a database is. It costs no thread.
    ///
    /// A task that lives on `executor` and lands here for a moment is not made to queue again when it goes back. Of 17
    /// jobs in a row one is `executor`'s own in any case.
    public init(serialOn executor: BlockingExecutor) {
        crew = executor.crew
        lane = BlockingLane()
        owner = executor.owner ?? executor
    }

    /// Idle threads end. As every task executor, this one must outlive the jobs that were given to it.
    deinit { if owner == nil { crew.dismiss() } }

    /// Whether the calling thread is one of its own: then a call may block right here. One thread-local read.
    public var isCurrent: Bool {
        pooling_get_thread_mark() == UnsafeRawPointer(lane?.mark ?? crew.mark)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        crew.submit(.job(UnownedJob(job), on: asUnownedTaskExecutor()), in: lane)
    }

    /// Makes a call that may block: right here if this is one of its threads, else on one of them, while the task is
    /// suspended. The caller goes on where it was: on its actor, the main actor or its executor.
    ///
    /// Cancellation does not interrupt `body`, nor lose what it returns.
    public nonisolated(nonsending) func run<R>(_ body: sending () throws -> R) async throws -> sending R {
        if isCurrent { return try body() }
        return try await hop(body)
    }

    private nonisolated(nonsending) func hop<R>(_ body: sending () throws -> R) async throws -> sending R {
        let order = ResumeOrder()
        defer { order.afterResuming() }
        return try await withoutActuallyEscaping(body) { body in
            try await withUnsafeThrowingContinuation { continuation in
                crew.submit(.call(ResumingCall(body, continuation, order)), in: lane)
            }.value
        }
    }
}
