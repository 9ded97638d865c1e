internal import CPoolingShims
internal import Synchronization

/// One thread of a ``BlockingCrew``: takes jobs, spins a moment when there is none, sleeps, is woken.
///
/// Sendable because its variables belong to a lock each: `wakeRequested` to its own, the others to the crew's.
final class BlockingWorker: @unchecked Sendable {
    private let crew: BlockingCrew
    private let bed = ThreadSignal()
    private var wakeRequested = false

    // Guarded by the crew's lock, for the watchdog.
    /// Jobs taken so far.
    var jobs: UInt64 = 0
    /// `jobs` when the watchdog last looked.
    var jobsSeen: UInt64 = 0
    var isRunning = false
    /// In one job for longer than a tick of the watchdog; no longer counted as active.
    var isStuck = false

    /// Looks at an empty queue before sleeping. 10–15 µs: about what waking a thread costs.
    private static let spins = 300

    init(crew: BlockingCrew) { self.crew = crew }

    /// - Returns: false if the system has no thread to give.
    func start() -> Bool {
        let argument = Unmanaged.passRetained(self)
        let result = pooling_thread_start(
            crew.name,
            { raw in
                guard let raw else { return }
                Unmanaged<BlockingWorker>.fromOpaque(raw).takeRetainedValue().main()
            }, argument.toOpaque())
        if result != 0 { argument.release() }
        return result == 0
    }

    func wake() {
        bed.lock()
        wakeRequested = true
        bed.wakeOne()
        bed.unlock()
    }

    private func sleep() {
        bed.lock()
        while !wakeRequested { bed.wait() }
        wakeRequested = false
        bed.unlock()
    }

    static func perform(_ job: QueuedJob) {
        switch job {
        case .job(let job, let executor): job.runSynchronously(on: executor)
        case .call(let call): call.perform()
        }
    }

    private func main() {
        pooling_set_thread_mark(crew.mark)
        crew.signal.lock()
        while true {
            crew.searching -= 1
            runJobs()
            crew.active -= 1
            if crew.isDismissed { break }
            crew.idle.append(self)
            let startsWatchdog = crew.armWatchdogIfNeeded()
            crew.signal.unlock()
            if startsWatchdog { crew.startWatchdog() }
            sleep()
            crew.signal.lock()
        }
        crew.workers.removeAll { $0 === self }
        crew.signal.unlock()
    }

    /// With the crew's lock held, on entry and at the end. Ends when there is nothing to do, or when others, who were
    /// stuck before, have enough hands for it.
    private func runJobs() {
        while crew.active <= crew.limit || crew.isDismissed {
            if let (job, lane) = crew.takeJob() {
                jobs &+= 1
                isRunning = true
                let summons = crew.summonIfUseful()
                let startsWatchdog = crew.armWatchdogIfNeeded()
                crew.signal.unlock()
                if startsWatchdog { crew.startWatchdog() }
                crew.carryOut(summons)
                if let lane { pooling_set_thread_mark(lane.mark) }
                Self.perform(job)
                if lane != nil { pooling_set_thread_mark(crew.mark) }
                crew.signal.lock()
                crew.finish(lane)
                isRunning = false
                if isStuck {
                    isStuck = false
                    crew.active += 1
                }
            } else {
                if crew.searching > 0 || crew.isDismissed { return }
                crew.searching += 1
                crew.signal.unlock()
                crew.spin(Self.spins)
                crew.signal.lock()
                crew.searching -= 1
                if crew.queue.isEmpty { return }
            }
        }
    }
}
