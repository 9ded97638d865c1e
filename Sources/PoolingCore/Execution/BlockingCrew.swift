internal import CPoolingShims
internal import Synchronization

/// The threads of a ``BlockingExecutor`` and the queue that they share. Threads hold the crew, not the executor, so
/// that an executor can go while they sleep.
///
/// Invariant, whenever the lock is free: if jobs are queued, then a worker is on its way to the queue (`searching`) or
/// the watchdog is armed. So a job that was left to a worker which then blocks waits two ticks of the watchdog at most.
///
/// Sendable because everything that varies is touched only with `signal` locked, or is atomic.
final class BlockingCrew: @unchecked Sendable {
    /// How many workers are kept busy at once, stuck ones not counted: the cores, since more would only take turns.
    let width: Int
    /// The same while all were found stuck: more than `width`, so that many blocked threads are made up for quickly.
    var limit: Int
    let threads: Int
    let name: String

    /// The lock of all that follows; its condition is the watchdog's.
    let signal = ThreadSignal()
    var queue = Backlog()
    var workers: [BlockingWorker] = []
    /// Last in, first out: the worker whose caches are warm is woken first.
    var idle: [BlockingWorker] = []
    /// Workers that run a job or look for one, less those that are stuck.
    var active = 0
    /// Workers on their way to the queue: woken, started or spinning. Nobody else is woken meanwhile.
    var searching = 0
    var watch = Watch.absent
    var isDismissed = false

    /// `queue.count` for spinning workers to look at.
    let queued = Atomic<Int>(0)

    enum Watch { case absent, asleep, armed }

    /// What has to be done for a decision once the lock is free.
    enum Summons { case nobody, wake(BlockingWorker), start(BlockingWorker) }

    init(name: String, threads: Int) {
        self.name = name
        self.threads = threads
        width = min(threads, max(Processors.online, 1))
        limit = width
    }

    /// What marks a thread of its own, while that has no lane's job.
    var mark: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Queues a job and sees to it that somebody comes for it.
    func submit(_ job: QueuedJob, in lane: BlockingLane? = nil) {
        let mark = pooling_get_thread_mark()
        let isFromCrew = mark == UnsafeRawPointer(self.mark)
        signal.lock()
        let wasEmpty = queue.isEmpty
        let isFromLane = !isFromCrew && queue.isServed(mark)
        if let lane {
            queue.append(job, in: lane)
        } else {
            queue.append(job, isReturning: isFromLane)
        }
        let isOwn = isFromCrew || isFromLane
        queued.store(queue.count, ordering: .relaxed)
        // A worker that leaves a single job behind (a task that yields, or hands a connection on) most often comes for
        // it itself at once: waking another would only tear the job to another core. If it does not, the watchdog sees.
        let summons = isOwn && wasEmpty ? .nobody : summonIfUseful()
        let startsWatchdog = armWatchdogIfNeeded()
        signal.unlock()
        if startsWatchdog { startWatchdog() }
        carryOut(summons)
    }

    /// The executor is gone: whoever sleeps may end.
    func dismiss() {
        signal.lock()
        isDismissed = true
        let sleepers = idle
        idle = []
        active += sleepers.count
        searching += sleepers.count
        signal.wakeOne()
        signal.unlock()
        for worker in sleepers { worker.wake() }
    }

    // MARK: With the lock held

    /// Picks a worker for what is queued, unless one is coming already or the cores are busy.
    func summonIfUseful() -> Summons {
        guard !queue.isEmpty, searching == 0, active < width else { return .nobody }
        return summon()
    }

    /// Picks a worker, if there is one left.
    func summon() -> Summons {
        let summons: Summons
        if let worker = idle.popLast() {
            summons = .wake(worker)
        } else if workers.count < threads {
            let worker = BlockingWorker(crew: self)
            workers.append(worker)
            summons = .start(worker)
        } else {
            return .nobody
        }
        active += 1
        searching += 1
        return summons
    }

    /// Upholds the invariant. Returns whether the watchdog's thread has to be started.
    func armWatchdogIfNeeded() -> Bool {
        guard watch != .armed, searching == 0, !queue.isEmpty, active > 0 || !workers.isEmpty else { return false }
        defer { watch = .armed }
        if watch == .absent { return true }
        signal.wakeOne()
        return false
    }

    func takeJob() -> (job: QueuedJob, lane: BlockingLane?)? {
        let taken = queue.take()
        queued.store(queue.count, ordering: .relaxed)
        return taken
    }

    /// A job of `lane` is done: its next one may be taken.
    func finish(_ lane: BlockingLane?) {
        guard let lane else { return }
        queue.finish(lane)
        queued.store(queue.count, ordering: .relaxed)
    }

    // MARK: Without the lock

    /// Looks for a job for a moment before sleeping: waking a thread costs more.
    func spin(_ turns: Int) {
        for _ in 0..<turns where queued.load(ordering: .relaxed) == 0 { pooling_pause() }
    }

    func carryOut(_ summons: Summons) {
        switch summons {
        case .nobody: break
        case .wake(let worker): worker.wake()
        case .start(let worker):
            if !worker.start() { standIn(for: worker) }
        }
    }

    /// The system refuses another thread. With at least one at work, its queue is served by that one. With none, this
    /// thread does what is queued, for there is nobody else who ever would.
    private func standIn(for worker: BlockingWorker) {
        signal.lock()
        workers.removeAll { $0 === worker }
        active -= 1
        searching -= 1
        guard workers.isEmpty else {
            let startsWatchdog = armWatchdogIfNeeded()
            signal.unlock()
            if startsWatchdog { startWatchdog() }
            return
        }
        let before = pooling_get_thread_mark()
        while let (job, lane) = takeJob() {
            signal.unlock()
            pooling_set_thread_mark(lane?.mark ?? mark)
            BlockingWorker.perform(job)
            signal.lock()
            finish(lane)
        }
        signal.unlock()
        pooling_set_thread_mark(before)
    }
}
