import PoolingCore
import PoolingTestKit
import Testing

/// How often a server that is down is asked, and what is not done all at once.
@Suite struct BackoffTests {
    @Test func `F56: a server that is down is asked some dozens of times in ten seconds, not thousands`() {
        let rig = Rig {
            $0.max = 4
            $0.outagePolicy = .wait
            $0.backoff = .init(initial: .milliseconds(100), multiplier: 2, cap: .seconds(1))
        }
        for _ in 0..<4 { rig.acquire() }
        for _ in 0..<2000 {
            if !rig.connects.isEmpty { rig.connect(well: false) }
            rig.pass(.milliseconds(5))
        }
        #expect((10...60).contains(rig.started), "\(rig.started)")
    }

    @Test func `F25: after a connect that worked, failing begins with the shortest pause again`() {
        let rig = Rig {
            $0.min = 1
            $0.max = 1
            $0.connectTimeout = .seconds(3600)
            $0.outagePolicy = .wait
            $0.backoff = .init(initial: .milliseconds(10), multiplier: 10, cap: .seconds(60))
        }
        for _ in 0..<6 {
            rig.connect(well: false)
            rig.pass(.seconds(61))
        }
        #expect(rig.machine.pacing.failures == 6)
        rig.connect()
        #expect(!rig.machine.pacing.isFailing)
        rig.release(rig.acquire(), .broken)
        rig.closeAll()
        rig.pass(.milliseconds(1))
        rig.connect(well: false)
        #expect(rig.machine.pacing.failures == 1)
        rig.pass(.milliseconds(12))
        #expect(rig.connects.count == 1, "the pause is at most the initial one")
    }

    @Test func `F57: connections that are opened together do not expire together`() {
        let rig = Rig {
            $0.min = 20
            $0.max = 40
            $0.maxLifetime = .seconds(100)
            $0.lifetimeJitter = 0.1
        }
        rig.connectAll()
        let lifetimes = rig.machine.records.map { $0.expiresAt - $0.openedAt }
        #expect(lifetimes.count == 20)
        #expect(lifetimes.allSatisfy { (90_000_000_000...100_000_000_000).contains($0) })
        #expect(Set(lifetimes.map { $0 / 1_000_000_000 }).count >= 5, "seconds: \(lifetimes)")
    }

    @Test func `F57: at max, too, connections that expire together go a tenth at a time`() {
        let rig = Rig {
            $0.min = 20
            $0.max = 20
            $0.maxLifetime = .seconds(10)
            $0.lifetimeJitter = 0
        }
        rig.connectAll()
        #expect(rig.statistics.idle == 20)
        var fewest = 20
        for _ in 0..<15 {
            // Longer than it takes for several to have their turn.
            rig.pass(.seconds(1)) { fewest = min(fewest, rig.statistics.idle) }
            rig.closeAll()
            rig.connectAll()
        }
        #expect(rig.closeReasons.count >= 8 && rig.closeReasons.allSatisfy { $0 == .lifetime })
        #expect(fewest >= 18, "most can be lent at any time")
    }
}
