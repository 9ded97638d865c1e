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
        package var deadline = MonotonicInstant.distantFuture
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
    /// Those in state `.queued`: the lists of the priorities together.
    package private(set) var queuedCount = 0
    /// Those in state `.preparing`.
    package private(set) var preparingCount = 0
    /// How many waiters each owner of a loan waits for: several, where child tasks are followed.
    private var nested: [UInt: Int] = [:]
    /// The owners of the loans that can't end before a waiter is served: its task, as a rule. By the waiter's index; few.
    private var holds: [Int: [UInt]] = [:]

    package init() {}

    package var capacity: Int { waiters.count }
    package var hasQueued: Bool { queuedCount > 0 }
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

    /// ``reserve()`` and ``enqueue(_:level:since:deadline:task:)`` in one.
    package mutating func append(
        level: Int, since: MonotonicInstant, deadline: MonotonicInstant, task: UInt
    ) -> WaiterID {
        guard let index = lists.first(of: Self.freeList) else {
            let id = reserve()
            enqueue(id, level: level, since: since, deadline: deadline, task: task)
            return id
        }
        let generation = waiters[index].generation
        waiters[index] = Waiter(
            generation: generation, state: .queued, level: level, since: since, deadline: deadline, task: task)
        queuedCount += 1
        putLast(index, in: level)
        return WaiterID(index: Int32(truncatingIfNeeded: index), generation: generation)
    }

    package subscript(id: WaiterID) -> Waiter? {
        let waiter = waiters[Int(id.index)]
        return waiter.generation == id.generation && waiter.state != .vacant ? waiter : nil
    }

    package func id(at index: Int) -> WaiterID {
        WaiterID(index: Int32(index), generation: waiters[index].generation)
    }

    package mutating func enqueue(
        _ id: WaiterID, level: Int, since: MonotonicInstant, deadline: MonotonicInstant = .distantFuture, task: UInt
    ) {
        let index = Int(id.index)
        change(index) { waiter in
            waiter.level = level
            waiter.since = since
            waiter.deadline = deadline
            waiter.task = task
            waiter.state = .queued
        }
        putLast(index, in: level)
    }

    private mutating func putLast(_ index: Int, in level: Int) { lists.append(index, to: level) }

    package mutating func enqueueWarming(_ id: WaiterID, since: MonotonicInstant, deadline: MonotonicInstant) {
        let index = Int(id.index)
        change(index) { waiter in
            waiter.since = since
            waiter.deadline = deadline
            waiter.state = .warming
        }
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
        if waiters[index].isNested { removeHolds(index) }
        change(index) { waiter in
            waiter.state = .vacant
            waiter.isNested = false
            waiter.task = 0
            waiter.generation &+= 1
        }
        // The first to be used again: its memory is at hand.
        lists.prepend(index, to: Self.freeList)
    }

    private mutating func removeHolds(_ index: Int) {
        for owner in holds.removeValue(forKey: index) ?? [] {
            let others = (nested[owner] ?? 1) - 1
            nested[owner] = others > 0 ? others : nil
        }
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

    private mutating func setState(_ state: State, at index: Int) { change(index) { $0.state = state } }

    /// The only way in which a waiter's state changes: keeps the counts.
    @inline(__always)
    private mutating func change(_ index: Int, _ body: (inout Waiter) -> Void) {
        var waiter = waiters[index]
        count(waiter.state, -1)
        body(&waiter)
        count(waiter.state, 1)
        waiters[index] = waiter
    }

    @inline(__always)
    private mutating func count(_ state: State, _ change: Int) {
        switch state {
        case .queued: queuedCount += change
        case .preparing: preparingCount += change
        case .vacant, .reserved, .warming: break
        }
    }
}
