extension PoolStateMachine {
    /// What must hold after every event, as sentences about what does not. Empty when all is well. O(connections); for
    /// the simulator and tests.
    package func violations() -> [String] {
        var found: [String] = []
        func require(_ condition: Bool, _ sentence: @autoclosure () -> String) {
            if !condition { found.append(sentence()) }
        }
        var counted = StateTally()
        for record in records { counted.add(1, to: record.state) }
        require(counted == tally, "the tally \(tally) is not the count of the records \(counted)")
        require(
            tally.delegated == slotLists.count(of: SlotList.delegated)
                && tally.idle == slotLists.count(of: SlotList.idle),
            "the lists of idle and delegated slots are not the records'")
        require(
            records.lazy.filter(\.isRetiring).count == retiringCount, "the count of retiring connections is off")
        if phase == .running, !isSuspended {
            require(
                !waiters.hasQueued || tally.delegated == 0,
                "somebody waits while \(tally.delegated) slots are delegated")
            require(
                !waiters.hasQueued || tally.idle == 0 || tally.checking >= waiters.queuedCount,
                "\(waiters.queuedCount) wait while \(tally.idle) connections are idle")
            if waiters.hasQueued, tally.total < settings.max, !pacing.isFailing {
                require(
                    tally.connecting + tally.checking + tally.resetting > 0 || tally.open > 0,
                    "\(waiters.queuedCount) wait, there is room, and nothing is on its way")
            }
        }
        if phase != .running {
            require(!waiters.hasQueued && !waiters.hasWarming, "somebody waits for a pool that was shut down")
            require(tally.idle == 0 && tally.delegated == 0, "a connection is idle after shutdown began")
        }
        if phase == .shutDown { require(tally.total == 0, "shutdown ended with \(tally.total) connections") }
        for slot in records.indices {
            require(
                owners[slot] == 0 || records[slot].state == .leased,
                "slot \(slot), \(records[slot].state), is said to be held by a task")
            switch records[slot].state {
            case .connecting, .checking, .preparing, .resetting, .closing:
                require(
                    wheel.isScheduled(Self.timer(ofSlot: slot)), "slot \(slot), \(records[slot].state), has no deadline"
                )
            case .vacant, .delegated, .leased, .idle: break
            }
        }
        return found
    }
}
