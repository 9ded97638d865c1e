import PoolingCore
import PoolingTestKit
import Testing

@Suite struct ShutdownTests {
    @Test func `F61: shutdown refuses waiters at once and waits for loans`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let first = rig.acquire()
        rig.acquire()
        let waiter = rig.acquire()
        rig.send(.shutdown(deadline: rig.now + 5_000_000_000))
        #expect(rig.refusals[waiter] == .shutDown)
        #expect(rig.refusal(of: rig.acquire()) == .shutDown)
        #expect(rig.report == nil && rig.statistics.leased == 2)
        rig.release(first)
        #expect(rig.closeReasons == [.shutdown])
        rig.release(rig.granted[3])
        rig.closeAll()
        #expect(rig.report?.isClean == true)
    }

    @Test func `F61: a loan that is not returned is closed at the deadline, and shutdown ends within 100 ms of it`() {
        let rig = Rig { $0.max = 1 }
        rig.open(1)
        let loan = rig.borrow()
        rig.send(.shutdown(deadline: rig.now + 1_000_000_000))
        rig.pass(.milliseconds(990))
        #expect(rig.closes.isEmpty)
        rig.pass(.milliseconds(110))
        #expect(rig.closeReasons == [.shutdown])
        #expect(rig.report?.loansForced == 1)
        #expect(loan.map(rig.slots.isCurrent) == false, "its return is refused")
        #expect(rig.machine.phase == .shutDown)
    }

    @Test func `F62: a connect that ends well after shutdown began is closed`() {
        let rig = Rig { $0.max = 2 }
        rig.acquire()
        rig.acquire()
        rig.send(.shutdown(deadline: rig.now + 5_000_000_000))
        #expect(rig.cancelled.count == 2)
        rig.connect()
        #expect(rig.closeReasons == [.shutdown])
        rig.connect(well: false)
        rig.closeAll()
        #expect(rig.report?.connectsCancelled == 2)
        #expect(rig.statistics.total == 0)
    }

    @Test func `F62: a connect that ignores shutdown is given up on, and its late end changes nothing`() {
        let rig = Rig { $0.max = 1 }
        rig.acquire()
        let operation = rig.connects[0]
        rig.send(.shutdown(deadline: rig.now))
        rig.pass(.milliseconds(120))
        #expect(rig.machine.phase == .shutDown)
        #expect(rig.report?.abandoned == 1)
        rig.send(.connected(operation))
        #expect(rig.statistics.total == 0)
        rig.send(.abandonedEnded)
        #expect(rig.statistics.abandoned == 0)
    }

    @Test func `a connect that ends politely after a shutdown has cancelled it is not given up on`() {
        for well in [false, true] {
            let rig = Rig()
            rig.acquire()
            rig.send(.shutdown(deadline: rig.now + 5_000_000_000))
            #expect(rig.cancelled.count == 1)
            rig.pass(.milliseconds(600))
            #expect(rig.abandoned.isEmpty && rig.machine.phase == .shuttingDown)
            rig.connect(well: well)
            rig.closeAll()
            #expect(rig.report?.abandoned == 0 && rig.report?.connectsCancelled == 1)
        }
    }

    @Test func `a connect that ignores a shutdown holds it up for a second, not until its deadline`() {
        let rig = Rig()
        rig.acquire()
        rig.send(.shutdown(deadline: rig.now + 5_000_000_000))
        rig.pass(.milliseconds(1100))
        #expect(rig.report?.abandoned == 1)
    }

    @Test func `shutdown ends checks, preparations and resets`() {
        let rig = Rig(hooks: [.prepare, .reset]) { $0.max = 3 }
        let ids = (0..<3).map { _ in rig.acquire() }
        rig.connectAll()
        rig.prepare()
        rig.prepare()
        rig.release(ids[0], .dirty)
        rig.release(ids[1], .suspect)
        rig.send(.shutdown(deadline: rig.now + 1_000_000_000))
        #expect(rig.refusals[ids[2]] == .shutDown)
        #expect(rig.cancelled.count == 3)
        rig.reset()
        rig.check(well: false)
        rig.prepare()
        rig.closeAll()
        #expect(rig.machine.phase == .shutDown && rig.closeReasons.count == 3)
    }

    @Test func `shutdown of a suspended, failing or empty pool ends`() {
        let suspended = Rig()
        suspended.send(.suspended)
        suspended.acquire()
        suspended.send(.shutdown(deadline: suspended.now))
        #expect(suspended.machine.phase == .shutDown)
        let failing = Rig()
        failing.acquire()
        failing.connect(well: false)
        failing.send(.shutdown(deadline: failing.now))
        failing.pass(.seconds(60))
        #expect(failing.machine.phase == .shutDown && failing.connects.isEmpty)
    }

    @Test func `nothing is opened after shutdown`() {
        let rig = Rig { $0.min = 2 }
        rig.connectAll()
        rig.send(.shutdown(deadline: rig.now))
        rig.closeAll()
        let started = rig.started
        rig.apply { $0.min = 5 }
        rig.send(.resumed)
        rig.send(.recycled(.all))
        rig.pass(.seconds(100))
        #expect(rig.started == started && rig.machine.nextTimer == nil)
    }
}
