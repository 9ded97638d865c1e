import PoolingCore
import PoolingTestKit
import Testing

@Suite struct FailingTests {
    @Test func `F56: while connects fail there is one prober`() {
        let rig = Rig {
            $0.max = 8
            $0.backoff.cap = .milliseconds(500)
        }
        for _ in 0..<8 { rig.acquire() }
        #expect(rig.connects.count == 4)
        rig.pass(.milliseconds(1))
        for _ in 0..<4 { rig.connect(well: false) }
        for _ in 0..<6 {
            rig.pass(.milliseconds(600)) { #expect(rig.connects.count <= 1) }
            #expect(rig.connects.count == 1)
            rig.connect(well: false)
        }
    }

    @Test func `F56: after an outage connects ramp up as 1, 2, 4`() {
        let rig = Rig {
            $0.max = 20
            $0.maxConcurrentConnects = 4
        }
        for _ in 0..<12 { rig.acquire() }
        rig.pass(.milliseconds(1))
        for _ in 0..<4 { rig.connect(well: false) }
        rig.pass(.milliseconds(60))
        rig.connect()
        rig.pass(.milliseconds(3))
        #expect(rig.connects.count == 1)
        rig.connect()
        rig.pass(.milliseconds(3))
        #expect(rig.connects.count == 2)
        rig.connect()
        rig.pass(.milliseconds(3))
        #expect(rig.connects.count == 4)
    }

    @Test func `F26: connects that fail do not matter to those served by what is open`() {
        let rig = Rig { $0.max = 3 }
        rig.open(1)
        let holder = rig.acquire()
        let waiter = rig.acquire()
        rig.pass(.milliseconds(10))
        while !rig.connects.isEmpty { rig.connect(well: false) }
        rig.release(holder)
        #expect(rig.grants[waiter] != nil)
        rig.release(waiter)
        #expect(rig.grant(of: rig.acquire()) != nil)
        #expect(rig.outages == 0)
    }

    @Test func `an outage begins when nothing is open and connects have failed for long, and ends with a probe`() {
        let rig = Rig {
            $0.outagePolicy = .failAfter(.milliseconds(100))
            $0.backoff.cap = .milliseconds(50)
        }
        let waiter = rig.acquire()
        rig.connect(well: false)
        rig.pass(.milliseconds(150)) { while !rig.connects.isEmpty { rig.connect(well: false) } }
        #expect(rig.outages == 1)
        #expect(rig.refusals[waiter] == .outage)
        let second = rig.acquire()
        #expect(rig.refusals[second] == .outage)
        rig.pass(.milliseconds(100))
        #expect(rig.connects.count == 1)
        rig.connect()
        #expect(rig.outagesEnded == 1)
        #expect(rig.grant(of: rig.acquire()) != nil)
    }

    @Test func `acquires refused while the probe runs ask for no second connection`() {
        let rig = Rig {
            $0.outagePolicy = .failAfter(.milliseconds(10))
            $0.backoff.cap = .milliseconds(50)
        }
        rig.acquire()
        rig.connect(well: false)
        rig.pass(.milliseconds(100)) { while !rig.connects.isEmpty { rig.connect(well: false) } }
        #expect(rig.outages == 1)
        rig.acquire()
        rig.pass(.milliseconds(100))
        rig.acquire()
        rig.connect()
        #expect(rig.connects.isEmpty)
        #expect(rig.statistics.total == 1)
    }

    @Test func `with the policy to wait there is no outage`() {
        let rig = Rig { $0.outagePolicy = .wait }
        let waiter = rig.acquire(within: .seconds(5))
        rig.connect(well: false)
        rig.pass(.seconds(4)) { while !rig.connects.isEmpty { rig.connect(well: false) } }
        #expect(rig.outages == 0 && rig.refusals[waiter] == nil)
        rig.pass(.seconds(2))
        #expect(rig.refusals[waiter] == .timedOut)
    }

    @Test func `an outage ends at once when the policy changes to waiting`() {
        let rig = Rig { $0.outagePolicy = .failAfter(.milliseconds(10)) }
        rig.acquire()
        rig.connect(well: false)
        rig.pass(.milliseconds(100)) { while !rig.connects.isEmpty { rig.connect(well: false) } }
        #expect(rig.outages == 1)
        rig.apply { $0.outagePolicy = .wait }
        #expect(rig.outagesEnded == 1)
        let waiter = rig.acquire()
        #expect(rig.refusals[waiter] == nil)
    }
}
