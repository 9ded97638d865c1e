import PoolingCore
import PoolingTestKit
import Testing

@Suite struct LeakTests {
    @Test func `F50: a loan that is older than the threshold is reported once, at that age`() {
        let rig = Rig { $0.leakThreshold = .seconds(10) }
        let first = rig.acquire()
        rig.connect()
        rig.pass(.seconds(9))
        #expect(rig.leaks.isEmpty)
        rig.pass(.milliseconds(1100))
        #expect(rig.leaks.count == 1 && (10_000_000_000...10_100_000_000).contains(rig.leaks[0].age))
        rig.pass(.seconds(100))
        #expect(rig.leaks.count == 1 && rig.statistics.leaked == 1)
        rig.release(first)
    }

    @Test func `F50: a loan of the fast path is reported, too, and the next one of the same connection again`() {
        let rig = Rig { $0.leakThreshold = .seconds(10) }
        rig.open(1)
        rig.pass(.seconds(3))
        for count in 1...2 {
            let loan = rig.take()
            rig.pass(.seconds(9))
            #expect(rig.leaks.count == count - 1)
            rig.pass(.seconds(2))
            #expect(rig.leaks.count == count)
            rig.release(loan)
        }
    }

    @Test func `loans that end in time, and idle connections, are never reported`() {
        let rig = Rig { $0.leakThreshold = .seconds(10) }
        rig.open(2)
        for _ in 0..<20 {
            let loan = rig.take()
            rig.pass(.seconds(8))
            rig.release(loan)
            rig.pass(.seconds(5))
        }
        #expect(rig.leaks.isEmpty && rig.statistics.leaked == 0)
    }

    @Test func `loans that began one after the other cost few looks`() {
        let rig = Rig {
            $0.max = 1000
            $0.maxConcurrentConnects = 1000
            $0.leakThreshold = .seconds(10)
        }
        var ids: [WaiterID] = []
        for _ in 0..<1000 {
            ids.append(rig.acquire())
            rig.connectAll()
            rig.pass(.milliseconds(1))
        }
        var timers = 0
        rig.pass(.seconds(20)) { timers += 1 }
        #expect(rig.leaks.count == 1000)
        #expect(timers < 50, "\(timers)")
        for id in ids { rig.release(id) }
    }

    @Test func `a pool without a threshold, and one without connections, sets no timer for it`() {
        #expect(Rig().machine.nextTimer == nil)
        #expect(Rig { $0.leakThreshold = .seconds(1) }.machine.nextTimer == nil)
    }

    @Test func `a threshold that comes with another configuration counts for the loans that there are`() {
        let rig = Rig()
        let id = rig.acquire()
        rig.connect()
        rig.pass(.seconds(60))
        rig.send(.applied(Rig.settings([.reset]) { $0.leakThreshold = .seconds(5) }))
        rig.pass(.milliseconds(5100))
        #expect(rig.leaks.count == 1 && (65_000_000_000...65_100_000_000).contains(rig.leaks[0].age))
        rig.release(id)
    }
}
