import PoolingCore
import PoolingTestKit
import Testing

@Suite struct IndexListsTests {
    @Test(arguments: 1...20)
    func `lists of indices behave as arrays do`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var lists = IndexLists(lists: 3)
        lists.reserve(20)
        var model: [[Int]] = [[], [], []]
        for _ in 0..<600 {
            let index = dice.below(20)
            let list = dice.below(3)
            for other in 0..<3 { model[other].removeAll { $0 == index } }
            switch dice.below(3) {
            case 0:
                lists.append(index, to: list)
                model[list].append(index)
            case 1:
                lists.prepend(index, to: list)
                model[list].insert(index, at: 0)
            default: lists.remove(index)
            }
            for other in 0..<3 {
                #expect(forwards(lists, other) == model[other])
                #expect(backwards(lists, other) == model[other].reversed())
                #expect(lists.count(of: other) == model[other].count)
                #expect(lists.isEmpty(other) == model[other].isEmpty)
            }
            #expect(lists.list(of: index) == model.firstIndex { $0.contains(index) })
        }
        #expect(lists.list(of: 1000) == nil)
    }

    private func forwards(_ lists: IndexLists, _ list: Int) -> [Int] {
        Array(
            sequence(state: lists.first(of: list)) { next in
                defer { next = next.flatMap { lists.after($0) } }
                return next
            })
    }

    private func backwards(_ lists: IndexLists, _ list: Int) -> [Int] {
        Array(
            sequence(state: lists.last(of: list)) { next in
                defer { next = next.flatMap { lists.before($0) } }
                return next
            })
    }
}

@Suite struct WaiterQueueTests {
    private func queue(_ levels: [Int]) -> (WaiterQueue, [WaiterID]) {
        var queue = WaiterQueue()
        let ids = levels.map { level in
            let id = queue.reserve()
            queue.enqueue(id, level: level, since: .init(nanoseconds: 0), task: 0)
            return id
        }
        return (queue, ids)
    }

    private func drained(_ queue: WaiterQueue) -> [WaiterID] {
        var queue = queue
        var order: [WaiterID] = []
        while let head = queue.head {
            order.append(head)
            queue.remove(head)
        }
        return order
    }

    @Test func `first come, first served within a priority`() {
        let (queue, ids) = queue([1, 2, 0, 1, 0, 2])
        #expect(drained(queue) == [ids[2], ids[4], ids[0], ids[3], ids[1], ids[5]])
        #expect(queue.tail == ids[5])
        #expect(queue.queuedCount == 6)
    }

    @Test func `a waiter that is gone is not found under its identity, though its record is used again`() {
        var (queue, ids) = queue([1])
        queue.remove(ids[0])
        let next = queue.reserve()
        #expect(next.index == ids[0].index && next != ids[0])
        #expect(queue[ids[0]] == nil && queue[next]?.state == .reserved)
    }

    @Test func `who is prepared is out of the queue, and first in it again if that fails`() {
        var (queue, ids) = queue([1, 1, 1])
        queue.setPreparing(ids[0], slot: 3)
        #expect(queue.head == ids[1] && queue.preparingCount == 1 && queue.queuedCount == 2)
        queue.requeue(ids[0])
        #expect(drained(queue) == ids && queue.preparingCount == 0)
    }

    @Test func `a level is clear when nobody of it or above waits`() {
        let (queue, _) = queue([1])
        #expect(queue.isClear(forLevel: 0))
        #expect(!queue.isClear(forLevel: 1))
        #expect(!queue.isClear(forLevel: 2))
    }

    @Test func `nested waits are counted by task`() {
        var queue = WaiterQueue()
        let ids = (0..<2).map { _ in queue.reserve() }
        for id in ids {
            queue.enqueue(id, level: 1, since: .init(nanoseconds: 0), task: 9)
            queue.setNested(id, holding: [9, 11])
            queue.setNested(id, holding: [9])
        }
        queue.remove(ids[0])
        #expect(queue.hasNested(task: 9) && queue.hasNested(task: 11))
        queue.remove(ids[1])
        #expect(!queue.hasNested(task: 9) && !queue.hasNested(task: 11))
    }
}
