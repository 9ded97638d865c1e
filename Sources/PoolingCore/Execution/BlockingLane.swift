/// Jobs that are done one at a time, on whatever thread of a crew has a hand free, and before the crew's other jobs.
///
/// Sendable because everything is guarded by the crew's lock.
final class BlockingLane: @unchecked Sendable {
    fileprivate var queue = JobRing()
    /// A thread has one of its jobs; it is not among the lanes that wait for a thread.
    fileprivate var isServed = false

    /// What marks a thread that has one of its jobs.
    var mark: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

/// What waits for a thread of a ``BlockingCrew``, in three classes: the jobs of lanes, jobs that a lane's thread has given
/// back, and all others. Within a class, first in, first out.
///
/// Whoever leaves a lane most often comes back to it. If it had to queue behind everybody else meanwhile, the lane would
/// stand empty: so many clients as there are would share one turn.
struct Backlog {
    private var jobs = JobRing()
    private var returning = JobRing()
    private var lanes: [BlockingLane] = []
    private var served: [BlockingLane] = []
    /// How many jobs have gone before the others' since one of the others was taken.
    private var favours = 0
    /// Then one of the others is next, so that they go on even if there is one thread only.
    private static let mostFavours = 16

    var count: Int { jobs.count + returning.count + lanes.count }
    var isEmpty: Bool { count == 0 }

    /// Whether a thread with this mark has a lane's job.
    func isServed(_ mark: UnsafeRawPointer?) -> Bool {
        served.contains { UnsafeRawPointer($0.mark) == mark }
    }

    mutating func append(_ job: QueuedJob, isReturning: Bool) {
        if isReturning {
            returning.append(job)
        } else {
            jobs.append(job)
        }
    }

    mutating func append(_ job: QueuedJob, in lane: BlockingLane) {
        lane.queue.append(job)
        if lane.queue.count == 1, !lane.isServed { lanes.append(lane) }
    }

    /// What is next. Of a lane that is not nil nothing else is given out before ``finish(_:)``.
    mutating func take() -> (job: QueuedJob, lane: BlockingLane?)? {
        if favours < Self.mostFavours || jobs.isEmpty {
            if let lane = lanes.first, let job = lane.queue.popFirst() {
                lanes.removeFirst()
                lane.isServed = true
                served.append(lane)
                favours += 1
                return (job, lane)
            }
            if let job = returning.popFirst() {
                favours += 1
                return (job, nil)
            }
        }
        favours = 0
        return jobs.popFirst().map { ($0, nil) }
    }

    /// A job of `lane` is done.
    mutating func finish(_ lane: BlockingLane) {
        lane.isServed = false
        served.removeAll { $0 === lane }
        // At the end of those that wait: lanes take turns.
        if !lane.queue.isEmpty { lanes.append(lane) }
    }
}
