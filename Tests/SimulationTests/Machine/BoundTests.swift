import PoolingCore
import PoolingTestKit
import Testing

/// `max` where it is most easily exceeded (F3).
@Suite struct BoundTests {
    @Test func `F3: a connect that ends after max was lowered is closed`() {
        let rig = Rig { $0.max = 3 }
        rig.open(2)
        let held = (0..<2).map { _ in rig.acquire() }
        let waiter = rig.acquire()
        #expect(rig.connects.count == 1)
        rig.apply { $0.max = 2 }
        rig.connect()
        #expect(rig.closeReasons == [.resized])
        #expect(rig.grants[waiter] == nil && rig.statistics.leased == 2)
        rig.closeAll()
        #expect(rig.statistics.total == 2)
        rig.release(held[0])
        #expect(rig.grants[waiter] != nil)
    }

    @Test func `F3: loans beyond a lower max are closed when they come back, before anybody gets them`() {
        let rig = Rig { $0.max = 3 }
        rig.open(3)
        let held = (0..<3).map { _ in rig.acquire() }
        let waiter = rig.acquire()
        rig.apply { $0.max = 1 }
        rig.release(held[0])
        rig.release(held[1])
        #expect(rig.closeReasons == [.resized, .resized])
        #expect(rig.grants[waiter] == nil)
        rig.release(held[2])
        #expect(rig.closeReasons.count == 2 && rig.grants[waiter] != nil)
    }

    @Test func `F3: connections that are reset or checked beyond a lower max are closed when that is done`() {
        let rig = Rig { $0.max = 2 }
        rig.open(2)
        let held = (0..<2).map { _ in rig.acquire() }
        rig.release(held[0], .dirty)
        rig.release(held[1], .suspect)
        rig.apply { $0.max = 1 }
        rig.reset()
        #expect(rig.closeReasons == [.resized])
        rig.check()
        rig.closeAll()
        #expect(rig.closeReasons.count == 1 && rig.statistics.idle == 1)
    }
}
