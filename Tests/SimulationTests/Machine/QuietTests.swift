import PoolingCore
import PoolingTestKit
import Testing

/// A pool that nobody uses costs no wake-up, whatever it has to notice of loans.
@Suite struct QuietTests {
    @Test(arguments: [(Duration?.some(.seconds(10)), 0), (nil, 2), (.seconds(10), 2)])
    func `an idle pool wakes a few times and then never`(leakThreshold: Duration?, minIdle: Int) {
        let rig = rig(leakThreshold, minIdle)
        // One of them is when the deadline of the acquire has passed, which was served: it is left to run out.
        #expect(rig.wakeUps(in: .seconds(60)) <= 6)
        #expect(rig.wakeUps(in: .seconds(3600)) == 0 && rig.machine.nextTimer == nil)
    }

    @Test(arguments: [(Duration?.some(.seconds(10)), 0), (nil, 2), (.seconds(10), 2)])
    func `after a loan it wakes a few times more, and then never`(leakThreshold: Duration?, minIdle: Int) {
        let rig = rig(leakThreshold, minIdle)
        for _ in 0..<3 {
            rig.pass(.seconds(60))
            let loan = rig.take()
            rig.pass(.milliseconds(10))
            rig.release(loan)
            #expect((1...8).contains(rig.wakeUps(in: .seconds(60))))
            #expect(rig.wakeUps(in: .seconds(3600)) == 0)
        }
    }

    @Test func `F50: the first loan after an idle hour is watched`() {
        let rig = rig(.seconds(10), 0)
        for count in 1...3 {
            rig.pass(.seconds(3600))
            let loan = rig.take()
            rig.pass(.seconds(9))
            #expect(rig.leaks.count == count - 1)
            rig.pass(.seconds(2))
            #expect(rig.leaks.count == count)
            rig.release(loan)
        }
    }

    @Test func `F50: a loan that was reported costs no further wake-up, and the next one is watched`() {
        let rig = rig(.seconds(10), 0)
        let leaked = rig.take()
        rig.pass(.seconds(60))
        #expect(rig.leaks.count == 1)
        #expect(rig.wakeUps(in: .seconds(3600)) == 0)
        let second = rig.take()
        rig.pass(.seconds(11))
        #expect(rig.leaks.count == 2)
        rig.release(second)
        rig.release(leaked)
    }

    @Test func `F50: a loan that begins between the last look and the quiet is watched`() {
        let rig = rig(.seconds(10), 0)
        var borrowed: LoanID?
        rig.slots.onRecall = { slot in
            guard borrowed == nil else { return }
            borrowed = rig.slots.borrow(slot, owner: 0)
        }
        rig.pass(.seconds(60)) { if borrowed != nil { rig.slots.onRecall = nil } }
        #expect(borrowed != nil && rig.leaks.count == 1)
    }

    @Test func `spare connections are restored within a second of the first loan after an idle hour`() {
        let rig = rig(nil, 2)
        rig.pass(.seconds(3600))
        let loans = [rig.take(), rig.take()]
        #expect(rig.connects.isEmpty)
        rig.pass(.milliseconds(1100))
        rig.connectAll()
        #expect(rig.statistics.idle >= 2 && rig.statistics.leased == 2)
        for loan in loans { rig.release(loan) }
    }

    @Test func `a pool in use keeps its connections with the fast path`() {
        let rig = rig(.seconds(10), 2)
        rig.pass(.seconds(60))
        for _ in 0..<300 {
            let loan = rig.take()
            rig.pass(.milliseconds(100))
            rig.release(loan)
        }
        let loan = rig.borrow()
        #expect(loan != nil)
        if let loan { rig.release(loan) }
    }

    @Test func `other settings end the quiet`() {
        let rig = rig(.seconds(10), 0)
        rig.pass(.seconds(3600))
        #expect(rig.machine.isQuiet)
        rig.apply { $0.max = 5 }
        #expect(!rig.machine.isQuiet && rig.borrow() != nil)
    }

    private func rig(_ leakThreshold: Duration?, _ minIdle: Int) -> Rig {
        let rig = Rig {
            $0.max = 8
            $0.leakThreshold = leakThreshold
            $0.minIdle = minIdle
            $0.idleTimeout = nil
            $0.maxLifetime = nil
        }
        if minIdle > 0 { rig.connectAll() } else { rig.open(2) }
        #expect(rig.statistics.idle == 2)
        return rig
    }
}

extension Rig {
    fileprivate func wakeUps(in span: Duration) -> Int {
        var count = 0
        pass(span) {
            count += 1
            connectAll()
        }
        return count
    }
}
