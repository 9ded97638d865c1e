import PoolingCore
import PoolingTestKit
import Testing

@Suite struct GrowthTests {
    @Test func `F1: when a connect fails, another is started for those who wait, after its pause`() {
        let rig = Rig { $0.max = 3 }
        let ids = (0..<3).map { _ in rig.acquire() }
        #expect(rig.connects.count == 3)
        rig.pass(.milliseconds(1))
        for _ in 0..<3 { rig.connect(well: false) }
        rig.pass(.milliseconds(60))
        #expect(rig.connects.count == 1, "one prober")
        rig.connectAll()
        for _ in 0..<10 {
            rig.pass(.milliseconds(1))
            rig.connectAll()
        }
        #expect(ids.allSatisfy { rig.grants[$0] != nil })
    }

    @Test func `F2: one stuck connect does not hold back the others`() {
        let rig = Rig { $0.max = 5 }
        let holder = rig.acquire()
        rig.pass(.milliseconds(5))
        rig.connect()
        #expect(rig.grants[holder] != nil)
        let waiters = (0..<3).map { _ in rig.acquire() }
        rig.pass(.milliseconds(500)) {
            // The first of them hangs; the others are answered.
            while rig.connects.count > 1 { rig.connect(1) }
        }
        #expect(rig.connects.count == 1)
        #expect(rig.granted.count >= waiters.count)
    }

    @Test func `F2: a connect that hangs is given up on, and its place is used again`() {
        let rig = Rig {
            $0.max = 1
            $0.connectTimeout = .seconds(1)
        }
        let waiter = rig.acquire()
        rig.pass(.milliseconds(1002))
        #expect(rig.cancelled.count == 1)
        rig.pass(.milliseconds(102))
        #expect(rig.abandoned.count == 1)
        #expect(rig.statistics.abandoned == 1 && rig.statistics.total <= 1)
        rig.pass(.milliseconds(60))
        rig.connect()
        #expect(rig.grants[waiter] != nil)
        rig.send(.abandonedEnded)
        #expect(rig.statistics.abandoned == 0)
    }

    @Test func `a queue behind long work grows the pool`() {
        let rig = Rig { $0.max = 10 }
        let first = rig.acquire()
        rig.pass(.milliseconds(10))
        rig.connect()
        #expect(rig.grants[first] != nil)
        for _ in 0..<5 { rig.acquire() }
        for _ in 0..<20 {
            rig.pass(.milliseconds(11))
            rig.connectAll()
        }
        #expect(rig.granted.count == 6)
    }

    @Test func `no more connects are started than there are waiters`() {
        let rig = Rig {
            $0.max = 10
            $0.maxConcurrentConnects = 8
        }
        rig.acquire()
        rig.acquire()
        #expect(rig.connects.count == 2)
    }

    @Test func `no more connects run at once than is allowed`() {
        let rig = Rig {
            $0.max = 10
            $0.maxConcurrentConnects = 3
        }
        for _ in 0..<8 { rig.acquire() }
        #expect(rig.connects.count == 3)
        rig.connect()
        #expect(rig.connects.count == 3)
    }

    @Test func `min connections are opened from the start and remade after loss`() {
        let rig = Rig {
            $0.min = 3
            $0.max = 5
        }
        rig.connectAll()
        #expect(rig.statistics.idle == 3)
        let id = rig.acquire()
        rig.release(id, .broken)
        #expect(rig.connects.count == 1)
    }

    @Test func `spare connections are kept ready beside those in use`() {
        let rig = Rig {
            $0.max = 5
            $0.minIdle = 2
        }
        rig.connectAll()
        #expect(rig.statistics.idle == 2)
        rig.acquire()
        rig.pass(.milliseconds(1100))
        rig.connectAll()
        #expect(rig.statistics.idle == 2 && rig.statistics.leased == 1)
    }

    @Test func `F14: a caller that is cancelled does not kill the connect made for it`() {
        let rig = Rig()
        let id = rig.acquire()
        rig.send(.cancelled(id))
        #expect(rig.refusals[id] == .cancelled)
        #expect(rig.cancelled.isEmpty)
        rig.connect()
        #expect(rig.statistics.idle == 1)
    }

    @Test func `F14: a connect is used by the next when the caller has timed out`() {
        let rig = Rig { $0.max = 1 }
        let first = rig.acquire(within: .milliseconds(20))
        rig.pass(.milliseconds(100))
        #expect(rig.refusals[first] == .timedOut)
        let second = rig.acquire()
        #expect(rig.started == 1)
        rig.connect()
        #expect(rig.grants[second] != nil)
    }
}
