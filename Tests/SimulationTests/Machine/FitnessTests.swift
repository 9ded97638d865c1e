import PoolingCore
import PoolingTestKit
import Testing

@Suite struct FitnessTests {
    @Test func `F11: a dirty connection is reset before anybody gets it`() {
        let rig = Rig { $0.max = 1 }
        let first = rig.acquire()
        rig.connect()
        let second = rig.acquire()
        rig.release(first, .dirty)
        #expect(rig.resets.count == 1 && rig.grants[second] == nil)
        rig.reset()
        #expect(rig.grants[second] != nil)
    }

    @Test func `F10: a connection whose reset fails is closed, and the waiter gets another`() {
        let rig = Rig { $0.max = 1 }
        let first = rig.acquire()
        rig.connect()
        let second = rig.acquire()
        rig.release(first, .dirty)
        rig.reset(well: false)
        #expect(rig.closeReasons == [.resetFailed])
        rig.closeAll()
        rig.connect()
        #expect(rig.grants[second] != nil)
    }

    @Test func `F10: a reset that hangs is given up on`() {
        let rig = Rig {
            $0.max = 1
            $0.resetTimeout = .seconds(1)
        }
        let first = rig.acquire()
        rig.connect()
        let second = rig.acquire()
        rig.release(first, .dirty)
        rig.pass(.milliseconds(1110))
        #expect(rig.abandoned.count == 1)
        rig.connect()
        #expect(rig.grants[second] != nil)
    }

    @Test func `F10: without a reset a dirty connection is closed`() {
        let rig = Rig(hooks: [])
        let id = rig.acquire()
        rig.connect()
        rig.release(id, .dirty)
        #expect(rig.closeReasons == [.resetFailed])
    }

    @Test func `F10: a waiter whose preparation fails is first in line for another connection`() {
        let rig = Rig(hooks: .prepare) { $0.max = 1 }
        let first = rig.acquire()
        rig.connect()
        let second = rig.acquire()
        rig.prepare(well: false)
        rig.closeAll()
        rig.connect()
        rig.prepare()
        #expect(rig.granted == [first])
        rig.release(first)
        rig.prepare()
        #expect(rig.granted == [first, second])
    }

    @Test func `a waiter whose connection is recycled while it is prepared gets another`() {
        let rig = Rig(hooks: .prepare) { $0.max = 1 }
        let id = rig.acquire()
        rig.connect()
        rig.send(.recycled(.all))
        rig.prepare()
        #expect(rig.grants[id] == nil && rig.closeReasons == [.recycled])
        rig.closeAll()
        rig.connect()
        rig.prepare()
        #expect(rig.grants[id] != nil)
    }

    @Test func `F20: a stale connection is proved before it is lent, and a failed proof is invisible`() {
        let rig = Rig {
            $0.max = 1
            $0.validation = .afterIdle(.milliseconds(500))
        }
        rig.open(1)
        rig.pass(.milliseconds(499))
        #expect(rig.grant(of: rig.acquire(waits: false)) != nil)
        rig.release(rig.granted[1])
        rig.pass(.milliseconds(501))
        #expect(rig.borrow() == nil)
        let id = rig.acquire()
        #expect(rig.checks.count == 1 && rig.grants[id] == nil)
        rig.check(well: false)
        rig.closeAll()
        rig.connect()
        #expect(rig.grants[id] != nil && rig.refusals.isEmpty)
    }

    @Test func `with validation always each loan is proved, in either order`() {
        for order in [IdleOrder.mostRecentlyUsed, .leastRecentlyUsed] {
            let rig = Rig {
                $0.max = 3
                $0.validation = .always
                $0.idleOrder = order
            }
            rig.open(3)
            rig.pass(.milliseconds(1))
            let id = rig.acquire()
            #expect(rig.checks.count == 1)
            rig.check()
            #expect(rig.grants[id] != nil, "\(order)")
            #expect(rig.checks.isEmpty)
        }
    }

    @Test func `F20: when one connection is found dead, its siblings are proved at once`() {
        let rig = Rig { $0.max = 4 }
        rig.open(4)
        let id = rig.acquire()
        rig.release(id, .broken)
        #expect(rig.checks.count == 3)
    }

    @Test func `F20: a proof that hangs makes the siblings suspect, too`() {
        let rig = Rig {
            $0.max = 3
            $0.validation = .afterIdle(.milliseconds(100))
            $0.validationTimeout = .seconds(1)
        }
        rig.open(3)
        rig.pass(.seconds(1))
        rig.acquire()
        #expect(rig.checks.count == 1)
        rig.pass(.milliseconds(1110))
        #expect(rig.abandoned.count == 1)
        #expect(rig.checks.count == 2)
    }

    @Test func `a broken or discarded connection is closed and never lent again`() {
        for outcome in [ReturnOutcome.broken, .discarded] {
            let rig = Rig { $0.max = 1 }
            let id = rig.acquire()
            rig.connect()
            let waiter = rig.acquire()
            rig.release(id, outcome)
            #expect(rig.grants[waiter] == nil && rig.closes.count == 1)
        }
    }

    @Test func `connections are proved on their return if that is wanted`() {
        let rig = Rig { $0.validatesOnReturn = true }
        let id = rig.acquire()
        rig.connect()
        rig.release(id)
        #expect(rig.checks.count == 1)
        rig.check()
        #expect(rig.statistics.idle == 1)
    }

    @Test func `idle connections are kept alive`() {
        let rig = Rig { $0.keepAliveInterval = .seconds(60) }
        rig.open(1)
        rig.pass(.seconds(61))
        #expect(rig.checks.count == 1)
        rig.check()
        rig.pass(.seconds(50))
        #expect(rig.checks.isEmpty)
        rig.pass(.seconds(11))
        #expect(rig.checks.count == 1)
    }
}
