import PoolingCore
import PoolingTestKit
import Testing

/// Many requests at once, with connects that take far longer than the work (F8): HikariCP's spike test, in virtual time.
@Suite struct SpikeTests {
    @Test func `F8: fifty requests of 2 ms end before a connect would, so none is begun for them`() {
        let spike = Spike()
        spike.request(50)
        #expect(spike.rig.connects.isEmpty && spike.rig.statistics.waiting == 45)
        spike.pass(.milliseconds(30))
        #expect(spike.served == 50 && spike.rig.statistics.waiting == 0)
        #expect(spike.rig.started == 5, "those of the minimum alone")
        spike.pass(.seconds(1))
        #expect(spike.rig.statistics.total <= 7, "the pass mark")
        #expect(spike.rig.statistics.total == 5)
    }

    @Test func `F8: one spike after the other does not fill the pool either`() {
        let spike = Spike()
        for _ in 0..<40 {
            spike.request(50)
            spike.pass(.milliseconds(50))
        }
        spike.pass(.seconds(1))
        #expect(spike.served == 2000)
        #expect(spike.rig.statistics.total <= 7)
    }

    @Test func `requests that last for as long as several connects open more, and each is served soon`() {
        let spike = Spike(work: .milliseconds(600))
        spike.request(50)
        spike.pass(.seconds(3))
        #expect(spike.served == 50, "in three seconds, where five connections would have taken six")
        #expect(spike.rig.statistics.total > 7)
    }
}

/// A pool of 5 to 50 connections whose loans and connects end when their time is over.
private final class Spike {
    let rig: Rig
    private let work: Int64
    private let connectTime: Int64 = 150_000_000
    private var waiting: [WaiterID] = []
    private var loans: [(id: WaiterID, ends: MonotonicInstant)] = []
    private var connectsEnd: [MonotonicInstant] = []
    private(set) var served = 0

    init(work: Duration = .milliseconds(2)) {
        self.work = work.inNanoseconds
        rig = Rig {
            $0.min = 5
            $0.max = 50
        }
        pass(.seconds(1))
        #expect(rig.statistics.idle == 5 && rig.statistics.total == 5)
    }

    func request(_ count: Int) {
        for _ in 0..<count { waiting.append(rig.acquire()) }
        note()
    }

    func pass(_ span: Duration) {
        let end = rig.now + span.inNanoseconds
        note()
        while rig.now < end {
            rig.pass(.milliseconds(1)) { note() }
            while let first = loans.first, first.ends <= rig.now {
                loans.removeFirst()
                served += 1
                rig.release(first.id)
                note()
            }
            while let first = connectsEnd.first, first <= rig.now {
                connectsEnd.removeFirst()
                rig.connect()
                note()
            }
        }
    }

    /// When what has begun just now will end.
    private func note() {
        while connectsEnd.count < rig.connects.count { connectsEnd.append(rig.now + connectTime) }
        guard waiting.contains(where: { rig.grants[$0] != nil }) else { return }
        for id in waiting where rig.grants[id] != nil { loans.append((id, rig.now + work)) }
        waiting.removeAll { rig.grants[$0] != nil }
    }
}
