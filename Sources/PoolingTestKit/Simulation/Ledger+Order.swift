package import PoolingCore

// Order, and who waits (F7, F52).

extension Ledger {
    /// Nobody who came earlier, or matters more, waits.
    package func checkTurn(of id: WaiterID) {
        guard let served = waiter(id) else { return }
        for other in pending where other.index != id.index {
            let waiter = waiters[Int(other.index)]
            guard waiter.stage == .queued else { continue }
            if waiter.level < served.level || (waiter.level == served.level && waiter.order < served.order) {
                problem("waiter \(id) overtook \(other)")
            }
        }
    }

    package var queuedCount: Int {
        var count = 0
        for id in pending where waiters[Int(id.index)].stage == .queued { count += 1 }
        return count
    }

    package var waitingCount: Int {
        var count = 0
        for id in pending where waiters[Int(id.index)].stage != .warming { count += 1 }
        return count
    }

    package var isAnyoneWarming: Bool { pending.contains { waiters[Int($0.index)].stage == .warming } }

    package var earliestDeadline: MonotonicInstant {
        var earliest = MonotonicInstant.distantFuture
        for id in pending { earliest = Swift.min(earliest, waiters[Int(id.index)].deadline) }
        return earliest
    }

    /// Since when the one to be served next has waited.
    package var headSince: MonotonicInstant? {
        var head: Waiter?
        for id in pending {
            let waiter = waiters[Int(id.index)]
            guard waiter.stage == .queued else { continue }
            if let other = head, (other.level, other.order) < (waiter.level, waiter.order) { continue }
            head = waiter
        }
        return head?.since
    }

    /// Whether it has not been told anything yet. Its place may be another's since it was.
    package func isWaiting(_ id: WaiterID) -> Bool { pending.contains { $0 == id } }

    package func isWaiting(task: UInt) -> Bool {
        task != 0 && pending.contains { waiters[Int($0.index)].task == task }
    }
}
