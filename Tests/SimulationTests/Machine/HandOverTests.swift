import PoolingCore
import PoolingTestKit
import Testing

/// Who gets a connection that changes hands, when somebody else has an eye on it.
@Suite struct HandOverTests {
    @Test func `a loan that was there at once has waited for nothing, though others moved the clock on meanwhile`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        rig.pass(.milliseconds(20))
        let id = rig.acquire(askedBefore: .milliseconds(3))
        var waits: [Int64] = []
        for case .grant(id, _, _, let waited, true) in rig.actions { waits.append(waited) }
        #expect(waits == [0])
        #expect(rig.statistics.acquiredImmediately == 1)
    }

    @Test func `F51: a connection that comes back goes to one waiter, and to nobody else`() {
        let rig = Rig { $0.max = 1 }
        let holder = rig.acquire()
        rig.connect()
        let waiters = (0..<2).map { _ in rig.acquire() }
        rig.release(holder)
        #expect(rig.granted == [holder, waiters[0]])
        #expect(rig.borrow() == nil)
        #expect(rig.statistics.leased == 1 && rig.statistics.idle == 0)
    }

    @Test func `F51: a connection that is on loan when it is recalled is not given to the one who waits`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        let loan = rig.borrow()
        let waiter = rig.acquire()
        #expect(loan.map(rig.slots.isCurrent) == true)
        #expect(rig.grants[waiter] == nil, "its borrower has not returned it")
        #expect(rig.statistics.leased == 1)
        if let loan { rig.release(loan) }
        #expect(rig.grants[waiter] != nil)
    }

    @Test func `F51: a connection that the fast path takes between the look and the claim is its borrower's`() {
        var lostClaims = 0
        for seed in 1...40 {
            let rig = Rig { $0.max = 2 }
            rig.open(2)
            rig.slots.dice = Dice(seed: UInt64(seed))
            rig.slots.aggression = 40
            let id = rig.acquire()
            rig.slots.aggression = 0
            lostClaims += rig.slots.lostClaims
            for case .borrowed(let loan) in rig.slots.interferences {
                #expect(rig.grants[id]?.slot != loan.slot || !rig.slots.isCurrent(loan), "seed \(seed)")
            }
        }
        #expect(lostClaims > 0, "no seed makes the fast path win")
    }

    @Test func `F13: a connection that was prepared for a waiter who was cancelled goes to the next`() {
        let rig = Rig(hooks: .prepare) { $0.max = 1 }
        let (cancelled, next) = (rig.acquire(), rig.acquire())
        rig.connect()
        rig.send(.cancelled(cancelled))
        #expect(rig.refusals[cancelled] == .cancelled)
        rig.prepare()
        #expect(rig.preparations.count == 1, "the connection is lost")
        if !rig.preparations.isEmpty { rig.prepare() }
        #expect(rig.granted == [next])
    }

    @Test func `F6: a connection that was prepared for a waiter who has expired goes to the next`() {
        let rig = Rig(hooks: .prepare) { $0.max = 1 }
        let (expired, next) = (rig.acquire(within: .milliseconds(10)), rig.acquire())
        rig.connect()
        rig.pass(.milliseconds(12))
        #expect(rig.refusals[expired] == .timedOut)
        rig.prepare()
        #expect(rig.preparations.count == 1, "the connection is lost")
        if !rig.preparations.isEmpty { rig.prepare() }
        #expect(rig.granted == [next])
    }

    @Test func `F15: who was served by unfit connections until its deadline is not served again`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        let id = rig.acquire(within: .zero, isReturning: true)
        #expect(rig.grants[id] == nil && rig.refusals[id] == .timedOut)
        #expect(rig.statistics.idle == 1)
    }

    @Test func `F14: the late end of a connect that was given up on is not taken for the one in its place`() {
        let rig = Rig {
            $0.max = 1
            $0.connectTimeout = .seconds(1)
        }
        let waiter = rig.acquire()
        let stuck = rig.connects[0]
        rig.pass(.milliseconds(1200))
        #expect(rig.abandoned == [stuck] && rig.connects.count == 1, "another one runs in its place")
        rig.send(.connected(stuck))
        #expect(rig.grants[waiter] == nil && rig.statistics.connected == 0)
        rig.send(.connectFailed(stuck))
        #expect(rig.statistics.connectFailed == 1, "it was counted when it was given up on")
        #expect(rig.statistics.connecting == 1)
        rig.connect()
        #expect(rig.grants[waiter] != nil && rig.statistics.connected == 1)
    }
}
