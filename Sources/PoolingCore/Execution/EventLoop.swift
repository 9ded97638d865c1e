internal import CPoolingShims

/// One thread that runs jobs, and that waits for sockets and deadlines while there are none. See
/// ``EventLoopExecutor``, which the loop outlives until its last job and wait are over.
///
/// Sendable because everything that varies is touched only with `signal` locked, or by the loop's own thread only where
/// that is said.
final class EventLoop: @unchecked Sendable {
    /// Waits of tasks that live elsewhere. No task lives here, so that none keeps them waiting.
    static let outsiders = EventLoop(name: "pool-io")

    private let name: String
    /// The lock; nobody sleeps on its condition.
    let signal = ThreadSignal()

    // The lock, or the thread, already keeps accesses from overlapping, and none of them calls out.
    @exclusivity(unchecked) private var submitted = JobRing()
    @exclusivity(unchecked) var poller: CInt = -1
    @exclusivity(unchecked) private var bell: CInt = -1
    @exclusivity(unchecked) private var phase = Phase.unborn
    /// The thread is in the poller, or on its way there, and won't look at the queue before it wakes.
    @exclusivity(unchecked) private var isAsleep = false
    /// Until when; nothing has to wake it for a later deadline.
    @exclusivity(unchecked) var wakes = MonotonicInstant.distantFuture
    @exclusivity(unchecked) var seats: [Seat] = []
    @exclusivity(unchecked) var pending = 0
    @exclusivity(unchecked) var wheel = TimingWheel(now: .now)

    /// The thread's own.
    @exclusivity(unchecked) private var jobs = JobRing()

    private enum Phase { case unborn, running, dismissed }

    /// How many jobs run before the sockets are looked at again.
    private static let jobsPerTurn = 64
    private static let hangUps = POOLING_BELL - 1

    init(name: String) { self.name = name }

    deinit { if poller >= 0 { pooling_poller_destroy(poller, bell) } }

    /// Whether this is the loop's thread.
    var isCurrent: Bool { pooling_get_thread_loop() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// The loop whose thread this is.
    static var current: EventLoop? {
        pooling_get_thread_loop().map { Unmanaged<EventLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Jobs

    func submit(_ job: QueuedJob) {
        if isCurrent { return jobs.append(job) }
        signal.lock()
        submitted.append(job)
        let rings = rouse()
        let failure = begin()
        signal.unlock()
        if rings { ring() }
        if failure != 0 { beginLater() }
    }

    /// The executor is gone: the thread ends when there is nothing left to do.
    func dismiss() {
        signal.lock()
        let rings = phase == .running && rouse()
        phase = .dismissed
        signal.unlock()
        if rings { ring() }
    }

    /// With the lock held. Returns whether the bell has to be rung.
    func rouse() -> Bool {
        defer { isAsleep = false }
        return isAsleep
    }

    /// With the lock held. Starts the thread, unless it was.
    /// - Returns: 0 or the system's reason.
    func begin() -> CInt {
        guard phase == .unborn else { return 0 }
        if poller < 0 {
            let failure = pooling_poller_create(&poller, &bell)
            if failure != 0 {
                poller = -1
                return failure
            }
        }
        let argument = Unmanaged.passRetained(self)
        let failure = pooling_thread_start(
            name,
            { raw in
                guard let raw else { return }
                pooling_set_thread_loop(raw)
                Unmanaged<EventLoop>.fromOpaque(raw).takeRetainedValue().run()
            }, argument.toOpaque())
        if failure == 0 {
            phase = .running
        } else {
            argument.release()
        }
        return failure
    }

    /// The system has no thread or no descriptor to give at this moment, and jobs that were queued can't be refused.
    private func beginLater() {
        Task.detached {
            try? await Task.sleep(for: .milliseconds(20))
            self.tryAgain()
        }
    }

    private func tryAgain() {
        signal.lock()
        let failure = begin()
        signal.unlock()
        if failure != 0 { beginLater() }
    }

    /// Wakes the thread, without the lock.
    func ring() { pooling_poller_ring(poller, bell) }

    /// Has ``HangUpWatch/collect()`` called on its thread whenever `watch` has something to report.
    func watchHangUps(of watch: CInt) -> Bool {
        signal.lock()
        defer { signal.unlock() }
        return begin() == 0 && pooling_poller_nest(poller, watch, Self.hangUps) == 0
    }

    // MARK: The thread

    private func run() {
        let capacity = 64
        let ready = UnsafeMutablePointer<pooling_ready>.allocate(capacity: capacity)
        defer { ready.deallocate() }
        var endings: [Ending] = []
        while true {
            runJobs()
            signal.lock()
            while let job = submitted.popFirst() { jobs.append(job) }
            takeOverdue(into: &endings)
            let hasWork = !jobs.isEmpty || !endings.isEmpty
            if phase == .dismissed, !hasWork, pending == 0 {
                signal.unlock()
                return
            }
            let patience = hasWork ? 0 : sleep()
            signal.unlock()
            resume(&endings)
            let count = Int(pooling_poller_wait(poller, ready, CInt(capacity), patience))
            signal.lock()
            isAsleep = false
            var hasHangUps = false
            for event in UnsafeBufferPointer(start: ready, count: count) {
                switch event.token {
                case POOLING_BELL: pooling_poller_quiet(bell)
                case Self.hangUps: hasHangUps = true
                default:
                    if let ending = report(event.readiness, event.token) { endings.append(ending) }
                }
            }
            signal.unlock()
            resume(&endings)
            if hasHangUps { HangUpWatch.shared.collect() }
        }
    }

    private func runJobs() {
        for _ in 0..<Self.jobsPerTurn {
            guard let job = jobs.popFirst() else { return }
            BlockingWorker.perform(job)
        }
    }

    /// Returns the nanoseconds for which the thread may sleep; less than 0: without end.
    private func sleep() -> Int64 {
        isAsleep = true
        wakes = wheel.nextDue ?? .distantFuture
        return wakes == .distantFuture ? -1 : max(wakes - .now, 0)
    }

    private func resume(_ endings: inout [Ending]) {
        for ending in endings { ending.continuation.resume(returning: ending.outcome) }
        endings.removeAll(keepingCapacity: true)
    }
}
