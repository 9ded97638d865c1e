internal import CPoolingShims

/// The one thread of a crew that looks at the clock, and only while jobs are queued that nobody has come for.
///
/// Each tick it finds the workers that are still in the job of the tick before. They are stuck, so they no longer
/// count as active, and others take their place. If all are stuck, that is what this load is like: twice as many as
/// before are called, so that any number of blocked threads is made up for within a few ticks.
extension BlockingCrew {
    private static let tickNanoseconds: Int64 = 1_000_000

    func startWatchdog() {
        let argument = Unmanaged.passRetained(self)
        let result = pooling_thread_start(
            name,
            { raw in
                guard let raw else { return }
                Unmanaged<BlockingCrew>.fromOpaque(raw).takeRetainedValue().watchOver()
            }, argument.toOpaque())
        guard result != 0 else { return }
        argument.release()
        // Tried again with the next job that is queued.
        signal.lock()
        watch = .absent
        signal.unlock()
    }

    private func watchOver() {
        var ticksWithProgress = 0
        signal.lock()
        while !(isDismissed && queue.isEmpty) {
            if watch != .armed {
                signal.wait()
                continue
            }
            signal.wait(nanoseconds: Self.tickNanoseconds)
            if queue.isEmpty {
                watch = .asleep
                limit = width
                continue
            }
            discountStuckWorkers()
            if active == 0 {
                limit = min(limit * 2, threads)
                ticksWithProgress = 0
            } else {
                // Those who were called at the last tick count as progress once.
                ticksWithProgress += 1
                if ticksWithProgress > 1 { limit = width }
            }
            summonAtOnce(min(limit - active, queue.count))
        }
        signal.unlock()
    }

    private func discountStuckWorkers() {
        for worker in workers where worker.isRunning && !worker.isStuck {
            if worker.jobsSeen == worker.jobs {
                worker.isStuck = true
                active -= 1
            }
            worker.jobsSeen = worker.jobs
        }
    }

    /// With the lock held, and let go of meanwhile.
    private func summonAtOnce(_ count: Int) {
        guard count > 0 else { return }
        var all: [Summons] = []
        for _ in 0..<count { all.append(summon()) }
        signal.unlock()
        for summons in all { carryOut(summons) }
        signal.lock()
    }
}
