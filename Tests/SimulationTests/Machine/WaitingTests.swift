import PoolingCore
import PoolingTestKit
import Testing

@Suite struct WaitingTests {
    @Test func `F6: an expired waiter is never granted, the next one is`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        let holder = rig.acquire()
        let expired = rig.acquire(within: .milliseconds(10))
        let next = rig.acquire()
        rig.pass(.milliseconds(12))
        #expect(rig.refusals[expired] == .timedOut)
        rig.release(holder)
        #expect(rig.grants[expired] == nil)
        #expect(rig.grants[next] != nil)
        rig.release(next)
        #expect(rig.statistics.idle == 1)
    }

    @Test func `F15: a waiter is told within two ticks of its deadline`() {
        let rig = Rig { $0.max = 1 }
        rig.acquire()
        for milliseconds in [0, 1, 7, 64, 999, 5000] {
            let id = rig.acquire(within: .milliseconds(milliseconds))
            rig.pass(.milliseconds(milliseconds) + .microseconds(2100))
            #expect(rig.refusals[id] == .timedOut)
        }
    }

    @Test func `F15: the deadline of a waiter who was granted ends nobody else's wait`() {
        let rig = Rig { $0.max = 1 }
        let holder = rig.acquire()
        rig.connect()
        let granted = rig.acquire(within: .milliseconds(10))
        rig.release(holder)
        let later = rig.acquire(within: .seconds(1))
        #expect(rig.grants[granted] != nil && later.index == granted.index, "it has the record of the one before")
        rig.pass(.milliseconds(998))
        #expect(rig.refusals[later] == nil)
        rig.pass(.microseconds(4100))
        #expect(rig.refusals[later] == .timedOut)
        rig.release(granted)
        let last = rig.acquire()
        #expect(rig.borrow() == nil && rig.grants[last] != nil)
    }

    @Test func `F15: a waiter is told in time though the one before had longer, and never if it waits without end`() {
        let rig = Rig { $0.max = 1 }
        var holder = rig.acquire()
        rig.connect()
        for span in [Duration.milliseconds(5), .nanoseconds(Int64.max)] {
            let granted = rig.acquire(within: .seconds(20))
            rig.release(holder)
            holder = granted
            let id = rig.acquire(within: span)
            #expect(id.index == granted.index, "it has the record of the one before")
            rig.pass(.microseconds(7100))
            #expect(rig.refusals[id] == (span < .seconds(1) ? .timedOut : nil))
            rig.pass(.seconds(40))
            #expect(rig.statistics.waiting == (span < .seconds(1) ? 0 : 1))
        }
    }

    @Test func `F7: waiters are served first come, first served`() {
        let rig = Rig { $0.max = 2 }
        let ids = (0..<40).map { _ in rig.acquire() }
        rig.connectAll()
        for id in ids { rig.release(id) }
        #expect(rig.granted == ids)
    }

    @Test func `F7: a higher priority goes first, and each is served in order`() {
        let rig = Rig { $0.max = 1 }
        let holder = rig.acquire()
        rig.connect()
        let low = (0..<3).map { _ in rig.acquire(level: 2) }
        let normal = (0..<3).map { _ in rig.acquire(level: 1) }
        let high = (0..<3).map { _ in rig.acquire(level: 0) }
        rig.release(holder)
        for id in high + normal + low { rig.release(id) }
        #expect(rig.granted == [holder] + high + normal + low)
    }

    @Test func `F7: nobody is overtaken by the fast path while somebody waits`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let loans = [rig.borrow(), rig.borrow()].compactMap(\.self)
        #expect(loans.count == 2)
        let waiter = rig.acquire()
        for loan in loans { rig.release(loan) }
        #expect(rig.grants[waiter] != nil)
    }

    @Test func `who was served by an unfit connection goes first`() {
        let rig = Rig { $0.max = 1 }
        let first = rig.acquire()
        rig.connect()
        let second = rig.acquire()
        let returning = rig.acquire(isReturning: true)
        rig.release(first)
        #expect(rig.granted == [first, returning])
        rig.release(returning)
        #expect(rig.granted == [first, returning, second])
    }

    @Test func `F13: a waiter that is cancelled leaves the queue at once, from any place in it`() {
        for place in 0..<5 {
            let rig = Rig { $0.max = 1 }
            let holder = rig.acquire()
            rig.connect()
            var waiters = (0..<5).map { _ in rig.acquire() }
            rig.send(.cancelled(waiters[place]))
            #expect(rig.refusals[waiters[place]] == .cancelled)
            waiters.remove(at: place)
            rig.release(holder)
            for id in waiters { rig.release(id) }
            #expect(rig.granted == [holder] + waiters)
            #expect(rig.statistics.idle == 1 && rig.statistics.waiting == 0)
        }
    }

    @Test func `F13: cancelled before, while and after it is granted, a connection is never lost`() {
        for moment in 0..<6 {
            let rig = Rig(hooks: [.reset, .prepare]) {
                $0.max = 1
                $0.validation = .always
            }
            let id = rig.acquire()
            if moment == 0 { rig.send(.cancelled(id)) }
            rig.connect()
            if moment == 1 { rig.send(.cancelled(id)) }
            if !rig.preparations.isEmpty { rig.prepare(well: moment != 2) }
            if moment == 2 {
                rig.send(.cancelled(id))
                rig.closeAll()
                rig.connectAll()
            }
            if moment == 3, rig.grants[id] != nil { rig.send(.cancelled(id)) }
            if rig.grants[id] != nil { rig.release(id) }
            if moment >= 4 { rig.send(.cancelled(id)) }
            #expect(rig.statistics.waiting == 0, "moment \(moment)")
            #expect(rig.statistics.idle + rig.statistics.connecting <= 1, "moment \(moment)")
            let next = rig.acquire()
            while !rig.connects.isEmpty { rig.connect() }
            while !rig.checks.isEmpty { rig.check() }
            while !rig.preparations.isEmpty { rig.prepare() }
            #expect(rig.grants[next] != nil, "moment \(moment)")
        }
    }

    @Test func `F13: a cancellation that comes late changes nothing`() {
        let rig = Rig()
        let id = rig.acquire()
        rig.connect()
        let before = rig.statistics
        rig.send(.cancelled(id))
        #expect(rig.statistics == before)
        rig.release(id)
        let other = rig.acquire()
        rig.send(.cancelled(id))
        #expect(rig.grants[other] != nil && rig.refusals.isEmpty)
    }

    @Test func `F55: one more than maxWaiters is refused at once`() {
        let rig = Rig {
            $0.max = 1
            $0.maxWaiters = 2
        }
        let holder = rig.acquire()
        rig.connect()
        let waiters = (0..<2).map { _ in rig.acquire() }
        let refused = rig.acquire()
        #expect(rig.refusals[refused] == .queueFull)
        rig.release(holder)
        for id in waiters { rig.release(id) }
        #expect(rig.granted == [holder] + waiters)
    }

    @Test func `who does not want to wait is told at once`() {
        let rig = Rig { $0.max = 1 }
        let none = rig.acquire(waits: false)
        #expect(rig.refusals[none] == .unavailable && rig.connects.isEmpty)
        rig.open(1)
        #expect(rig.grant(of: rig.acquire(waits: false)) != nil)
    }

    @Test func `F52: the nested acquire that would complete a deadlock fails at once`() {
        let rig = Rig { $0.max = 2 }
        let first = rig.acquire(task: 1)
        let second = rig.acquire(task: 2)
        rig.connectAll()
        let nested = rig.acquire(task: 1)
        #expect(rig.refusals[nested] == nil, "task 2 may return its loan")
        let deadlock = rig.acquire(task: 2)
        #expect(rig.refusals[deadlock] == .nested)
        rig.release(second)
        #expect(rig.grants[nested] != nil)
        rig.release(nested)
        rig.release(first)
        #expect(rig.statistics.idle == 2)
    }

    @Test func `F52: a second wait of the same task that ends does not hide the first`() {
        let rig = Rig { $0.max = 2 }
        rig.acquire(task: 1)
        rig.acquire(task: 2)
        rig.connectAll()
        rig.acquire(task: 1)
        let other = rig.acquire(task: 1)
        rig.send(.cancelled(other))
        #expect(rig.refusal(of: rig.acquire(task: 2)) == .nested)
    }

    @Test func `F52: who waits again because a preparation failed counts, too`() {
        let rig = Rig(hooks: .prepare) { $0.max = 2 }
        let first = rig.acquire(task: 1)
        rig.connect()
        rig.prepare()
        let idle = rig.acquire(task: 2)
        rig.pass(.milliseconds(5))
        rig.connectAll()
        rig.prepare()
        rig.release(idle)
        // Task 1 is served at once, and then is not.
        rig.acquire(task: 1)
        #expect(rig.preparations.count == 1)
        let second = rig.acquire(level: 0, task: 3)
        rig.prepare(well: false)
        rig.closeAll()
        rig.pass(.milliseconds(20))
        rig.connectAll()
        rig.prepare()
        #expect(rig.granted == [first, idle, second])
        #expect(rig.refusal(of: rig.acquire(task: 3)) == .nested)
    }

    @Test func `F52: loans of the fast path count, too`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        #expect(rig.slots.borrow(0, owner: 7) != nil)
        #expect(rig.refusal(of: rig.acquire(task: 7)) == .nested)
    }

    @Test func `F52: no deadlock is seen where a loan is held by somebody who does not wait`() {
        let rig = Rig { $0.max = 2 }
        rig.acquire(task: 1)
        rig.acquire(task: 0)
        rig.connectAll()
        #expect(rig.refusal(of: rig.acquire(task: 1)) == nil)
    }
}
