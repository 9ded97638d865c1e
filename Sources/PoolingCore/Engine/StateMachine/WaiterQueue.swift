/// The identity of one waiting acquire.
package struct WaiterID: Sendable, Hashable {
    package var index: Int32
    package var generation: UInt32
}

/// Those who wait: first come, first served within a priority. Every operation is O(1) (F7, F13).
///
/// Records are reused; a ``WaiterID`` of a waiter that is gone finds nothing.
package struct WaiterQueue: Sendable {
    package struct Waiter: Sendable {
        fileprivate(set) package var generation: UInt32 = 0
        package var state = State.vacant
        package var level = 0
        package var since = MonotonicInstant(nanoseconds: 0)
        /// The task that acquires for a scoped loan; 0 for others.
        package var task: UInt = 0
        /// There are loans of this pool that can't end before this one is served.
        package var isNested = false
    }

    package enum State: Sendable, Hashable {
        /// The record is free.
        case vacant
        /// Known, not queued.
        case reserved
        case queued
        /// A connection is being prepared for it in this slot.
        case preparing(slot: Int)
        /// Waits for the pool to be warm.
        case warming
    }

    /// Lists 0…2 are the priorities, 3 those who wait for warmth, 4 free records.
    private var lists = IndexLists(lists: 5)
    private static let warmingList = 3
    private static let freeList = 4
    private var waiters: [Waiter] = []
    /// Those in state `.preparing`.
    package private(set) var preparingCount = 0
    /// How many waiters each owner of a loan waits for: several, where child tasks are followed.
    private var nested: [UInt: Int] = [:]
    /// The owners of the loans that can't end before a waiter is served: its task, as a rule. By the waiter's index; few.
    private var holds: [Int: [UInt]] = [:]

    package init() {}

    package var capacity: Int { waiters.count }
    package var queuedCount: Int { lists.count(of: 0) + lists.count(of: 1) + lists.count(of: 2) }
    package var hasQueued: Bool { !lists.isEmpty(1) || !lists.isEmpty(0) || !lists.isEmpty(2) }
    package var warmingCount: Int { lists.count(of: Self.warmingList) }
    package var hasWarming: Bool { !lists.isEmpty(Self.warmingList) }

    package mutating func reserve() -> WaiterID {
        let index: Int
        if let free = lists.first(of: Self.freeList) {
            index = free
            lists.remove(free)
        } else {
            index = waiters.count
            waiters.append(Waiter())
            lists.reserve(waiters.count)
        }
        waiters[index].state = .reserved
        return WaiterID(index: Int32(index), generation: waiters[index].generation)
    }

    package subscript(id: WaiterID) -> Waiter? {
        let waiter = waiters[Int(id.index)]
        return waiter.generation == id.generation && waiter.state != .vacant ? waiter : nil
    }

    package func id(at index: Int) -> WaiterID {
        WaiterID(index: Int32(index), generation: waiters[index].generation)
    }

    package mutating func enqueue(_ id: WaiterID, level: Int, since: MonotonicInstant, task: UInt) {
        let index = Int(id.index)
        waiters[index].level = level
        waiters[index].since = since
        waiters[index].task = task
        setState(.queued, at: index)
        lists.append(index, to: level)
    }

    package mutating func enqueueWarming(_ id: WaiterID, since: MonotonicInstant) {
        let index = Int(id.index)
        waiters[index].since = since
        setState(.warming, at: index)
        lists.append(index, to: Self.warmingList)
    }

    /// Back to the front of its priority: it was served already, by a connection that proved unfit.
    package mutating func requeue(_ id: WaiterID) {
        let index = Int(id.index)
        setState(.queued, at: index)
        lists.prepend(index, to: waiters[index].level)
    }

    /// Out of the queue, while a connection is prepared for it.
    package mutating func setPreparing(_ id: WaiterID, slot: Int) {
        let index = Int(id.index)
        lists.remove(index)
        setState(.preparing(slot: slot), at: index)
    }

    /// The loans of these owners can't end before this waiter does.
    package mutating func setNested(_ id: WaiterID, holding owners: [UInt]) {
        let index = Int(id.index)
        guard !waiters[index].isNested else { return }
        waiters[index].isNested = true
        holds[index] = owners
        for owner in owners { nested[owner, default: 0] += 1 }
    }

    /// Whether the loan of this owner waits for another.
    package func hasNested(task: UInt) -> Bool { nested[task] != nil }

    package mutating func remove(_ id: WaiterID) {
        let index = Int(id.index)
        setState(.vacant, at: index)
        if waiters[index].isNested {
            for owner in holds.removeValue(forKey: index) ?? [] {
                let others = (nested[owner] ?? 1) - 1
                nested[owner] = others > 0 ? others : nil
            }
            waiters[index].isNested = false
        }
        waiters[index].task = 0
        waiters[index].generation &+= 1
        lists.append(index, to: Self.freeList)
    }

    /// The one to serve next.
    package var head: WaiterID? {
        for level in 0..<3 {
            if let index = lists.first(of: level) { return id(at: index) }
        }
        return nil
    }

    /// The one to serve last.
    package var tail: WaiterID? {
        for level in [2, 1, 0] {
            if let index = lists.last(of: level) { return id(at: index) }
        }
        return nil
    }

    /// When the longest waiting of those to be served next began to wait.
    package var headSince: MonotonicInstant? { head.map { waiters[Int($0.index)].since } }

    package var firstWarming: WaiterID? { lists.first(of: Self.warmingList).map(id(at:)) }

    /// Nobody of at least this priority is queued.
    package func isClear(forLevel level: Int) -> Bool {
        for other in 0...level where !lists.isEmpty(other) { return false }
        return true
    }

    private mutating func setState(_ state: State, at index: Int) {
        if case .preparing = waiters[index].state { preparingCount -= 1 }
        if case .preparing = state { preparingCount += 1 }
        waiters[index].state = state
    }
}
