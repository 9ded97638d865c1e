internal import Synchronization

// For the simulator and tests.

extension PoolCore {
    /// What must hold whenever the lock is free, as sentences about what does not. O(connections + waiters).
    package var violations: [String] {
        state.withLock { state in
            var found = state.machine.violations()
            var waiting = 0
            for case .some(let place) in state.waits {
                waiting += 1
                if place.wait.continuation == nil { found.append("a wait that was told its end is still kept") }
            }
            let known = state.machine.waitingCount + state.machine.warmingCount
            if waiting != known { found.append("\(known) wait, \(waiting) of them can be told") }
            if !state.machine.actions.isEmpty { found.append("actions were left behind") }
            if let next = state.machine.nextTimer, next < state.timersSet.last ?? .distantFuture {
                found.append("no timer is set for what is due next")
            }
            if state.machine.phase == .shutDown, !state.shutdownCalls.isEmpty {
                found.append("a call of shutdown was not told its end")
            }
            return found
        }
    }

    /// Whether each driver call that is to stop was told so. Only when nothing is left to be carried out.
    package var areCancelled: Bool {
        state.withLock { state in
            state.tasks.allSatisfy { call in
                guard let call, state.machine.isCancelling(call.operation) else { return true }
                return call.task.isCancelled
            }
        }
    }

    /// How many acquires the statistics told of too soon.
    package var toldTooSoon: UInt64 { state.withLock { $0.told.excess } }

    /// Whether this loan has not ended.
    package func isCurrent(_ loan: LoanID) -> Bool { slots.isCurrent(loan) }

    /// Whether the return of this loan has to go by the lock.
    package func isRecalled(_ loan: LoanID) -> Bool {
        guard slots.isCurrent(loan), let word = slots.slot(loan.slot)?.pointee.word.load(ordering: .relaxed) else {
            return false
        }
        return word & SlotWord.stateMask == SlotWord.lentByPool
    }
}
