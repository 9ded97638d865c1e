import PoolingCore

/// Runs the tasks of a simulation on the thread that plays it, in whatever order that thread chooses.
///
/// Sendable because everything runs on that one thread: only tasks of the simulation enqueue jobs here, and they all run
/// here.
final class SimulatedExecutor: TaskExecutor, @unchecked Sendable {
    /// A job that could run now.
    struct ReadyJob {
        var job: UnownedJob
        /// The task that it goes on with, comparable to `pooling_current_task()`: the runtime's jobs and tasks have the
        /// same address.
        var task: UInt
    }

    private(set) var ready: [ReadyJob] = []
    /// Is told of each job that becomes ready.
    var onEnqueue: (UInt) -> Void = { _ in }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let task = unsafeBitCast(job, to: UInt.self)
        ready.append(ReadyJob(job: job, task: task))
        // Foreign code may run in here: nothing may be left to do.
        onEnqueue(task)
    }

    func take(at index: Int) -> ReadyJob {
        ready.swapAt(index, ready.count - 1)
        return ready.removeLast()
    }

    func run(_ ready: ReadyJob) { ready.job.runSynchronously(on: asUnownedTaskExecutor()) }
}
