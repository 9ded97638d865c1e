package import PoolingCore

// Those who wait, from their arrival to their end.

extension Ledger {
    package func reserved(_ id: WaiterID) {
        let index = Int(id.index)
        while waiters.count <= index { waiters.append(Waiter(id: id, stage: .resolved)) }
        require(waiters[index].stage == .resolved, "waiter \(id) was reserved while another used its place")
        waiters[index] = Waiter(id: id)
    }

    package func queued(_ id: WaiterID, _ request: AcquireRequest) {
        nextOrder += 1
        frontOrder -= 1
        let order = request.isReturning ? frontOrder : nextOrder
        waiters[Int(id.index)] = Waiter(
            id: id, stage: .queued, level: request.level, order: order, since: request.since,
            deadline: request.deadline, task: request.task)
        pending.append(id)
    }

    package func warming(_ id: WaiterID, deadline: MonotonicInstant, at now: MonotonicInstant) {
        waiters[Int(id.index)].stage = .warming
        waiters[Int(id.index)].deadline = deadline
        waiters[Int(id.index)].since = now
        pending.append(id)
    }

    package func prepares(_ id: WaiterID) { waiters[Int(id.index)].stage = .preparing }

    /// Its connection failed while it was prepared: the waiter is first in line again.
    package func requeued(_ id: WaiterID) {
        frontOrder -= 1
        waiters[Int(id.index)].stage = .queued
        waiters[Int(id.index)].order = frontOrder
    }

    /// - Returns: false if it was not waiting, which is a problem already noted.
    package func resolved(_ id: WaiterID, as what: String) -> Bool {
        guard let waiter = waiter(id), waiter.stage != .resolved, waiter.stage != .reserved else {
            problem("waiter \(id) was \(what) while it did not wait")
            return false
        }
        waiters[Int(id.index)].stage = .resolved
        if let place = pending.firstIndex(where: { $0.index == id.index }) {
            pending.swapAt(place, pending.count - 1)
            pending.removeLast()
        }
        return true
    }
}
