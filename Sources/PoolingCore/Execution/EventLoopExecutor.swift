/// A thread on which tasks live and wait for sockets, with no other thread in between: where drivers over non-blocking
/// client libraries (PostgreSQL) are quickest.
///
/// It is a `TaskExecutor`. A task that lives on it (`withTaskExecutorPreference`) and waits for an ``EventSocket`` gives
/// its thread to the others and goes on there when the socket is ready. Tasks that live elsewhere wait, too: through a
/// loop of the process, and they go on where they live. Jobs run in the order of their arrival.
///
/// What lives here must not block, as on Swift's own threads: blocking calls belong on a ``BlockingExecutor``.
public final class EventLoopExecutor: TaskExecutor, Sendable {
    let loop: EventLoop

    /// The process-wide ones, as many as the machine has cores. A thread starts with its first job.
    public static let shared = EventLoopGroup(loops: Processors.online)

    /// One of ``shared``, each in turn: for a request or a client, whose child tasks then stay together.
    public static func next() -> EventLoopExecutor { shared.next() }

    /// One of its own.
    /// - Parameter name: of its thread, in debuggers and `top`; 15 bytes are kept.
    public init(name: String = "event-loop") { loop = EventLoop(name: name) }

    /// The thread ends. As every task executor, this one must outlive the jobs that were given to it.
    deinit { loop.dismiss() }

    /// Whether the caller runs on its thread. One thread-local read.
    public var isCurrent: Bool { loop.isCurrent }

    public func enqueue(_ job: consuming ExecutorJob) {
        loop.submit(.job(UnownedJob(job), on: asUnownedTaskExecutor()))
    }
}
