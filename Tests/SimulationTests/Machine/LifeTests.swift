import PoolingCore
import PoolingTestKit
import Testing

@Suite struct LifeTests {
    @Test func `F3: at max, a replacement is opened only after the old connection has gone`() {
        let rig = Rig {
            $0.min = 2
            $0.max = 2
        }
        rig.connectAll()
        let id = rig.acquire()
        rig.release(id, .broken)
        #expect(rig.connects.isEmpty && rig.statistics.closing == 1)
        rig.closeAll()
        #expect(rig.connects.count == 1)
        #expect(rig.statistics.total == 2)
    }

    @Test func `F3: below max, an expired connection waits for its replacement`() {
        let rig = Rig {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = .seconds(10)
            $0.lifetimeJitter = 0
        }
        rig.connectAll()
        rig.pass(.milliseconds(10_010))
        #expect(rig.connects.count == 1 && rig.closes.isEmpty)
        #expect(rig.statistics.idle == 1)
        rig.connect()
        #expect(rig.closeReasons == [.lifetime])
        rig.closeAll()
        #expect(rig.statistics.total == 1)
    }

    @Test func `F3: a lower max closes as many idle connections as are too many, and no loan`() {
        let rig = Rig { $0.max = 10 }
        rig.open(10)
        let held = (0..<3).map { _ in rig.acquire() }
        rig.apply { $0.max = 6 }
        #expect(rig.closes.count == 4)
        #expect(rig.statistics.leased == 3 && rig.statistics.idle == 3)
        rig.apply { $0.max = 2 }
        #expect(rig.closes.count == 7)
        rig.closeAll()
        for id in held { rig.release(id) }
        #expect(rig.closes.count == 1)
        #expect(rig.statistics.idle == 2)
    }

    @Test func `a higher max lets those who wait in`() {
        let rig = Rig { $0.max = 1 }
        rig.acquire()
        rig.connect()
        let waiter = rig.acquire()
        rig.apply { $0.max = 2 }
        rig.pass(.milliseconds(5))
        rig.connect()
        #expect(rig.grants[waiter] != nil)
    }

    @Test func `a connection that waits for its replacement is retired otherwise when a resize leaves no room`() {
        let rig = Rig {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = .seconds(10)
            $0.lifetimeJitter = 0
        }
        rig.connectAll()
        rig.pass(.milliseconds(10_010))
        rig.connect(well: false)
        rig.apply {
            $0.min = 1
            $0.max = 1
            $0.maxLifetime = .seconds(10)
        }
        rig.pass(.seconds(20)) {
            rig.closeAll()
            rig.connectAll()
        }
        #expect(rig.closeReasons.first == .lifetime)
        #expect(rig.statistics.idle == 1)
    }

    @Test func `F57: connections that expire together are retired a tenth at a time`() {
        let rig = Rig {
            $0.min = 20
            $0.max = 30
            $0.maxLifetime = .seconds(10)
            $0.lifetimeJitter = 0
        }
        rig.connectAll()
        #expect(rig.statistics.idle == 20)
        var inFlight = 0
        var fewest = 20
        for _ in 0..<200 {
            rig.pass(.milliseconds(100)) {
                inFlight = max(inFlight, rig.statistics.connecting + rig.statistics.closing)
                fewest = min(fewest, rig.statistics.idle)
            }
            rig.connectAll()
            rig.closeAll()
        }
        #expect(rig.closeReasons.count >= 20)
        #expect(inFlight <= 4)
        #expect(fewest >= 18)
    }

    @Test func `the lifetime of a connection on loan ends at its return`() {
        let rig = Rig {
            $0.max = 1
            $0.maxLifetime = .seconds(1)
        }
        rig.open(1)
        let loan = rig.borrow()
        rig.pass(.seconds(5))
        #expect(rig.closes.isEmpty)
        if let loan { rig.release(loan) }
        #expect(rig.closeReasons == [.lifetime])
    }

    @Test func `idle connections are evicted down to the minimum and not below`() {
        let rig = Rig {
            $0.min = 2
            $0.max = 6
            $0.idleTimeout = .seconds(10)
        }
        rig.connectAll()
        let ids = (0..<6).map { _ in rig.acquire() }
        rig.pass(.milliseconds(50)) { rig.connectAll() }
        for id in ids { rig.release(id) }
        rig.connectAll()
        #expect(rig.statistics.idle == 6)
        rig.pass(.seconds(60)) { rig.closeAll() }
        #expect(rig.statistics.idle == 2)
        #expect(rig.closeReasons.allSatisfy { $0 == .idle })
    }

    @Test func `F19: a loan is never evicted`() {
        let rig = Rig { $0.idleTimeout = .seconds(1) }
        rig.open(1)
        let loan = rig.borrow()
        rig.pass(.seconds(10))
        #expect(rig.closes.isEmpty && rig.statistics.leased == 1)
        if let loan { rig.release(loan) }
        rig.pass(.milliseconds(500))
        #expect(rig.statistics.idle == 1, "idleness begins at the return")
        rig.pass(.seconds(2))
        #expect(rig.closeReasons == [.idle])
    }

    @Test func `keep-alive does not keep idle connections from being evicted`() {
        let rig = Rig {
            $0.keepAliveInterval = .seconds(2)
            $0.idleTimeout = .seconds(10)
        }
        rig.open(1)
        rig.pass(.seconds(11)) { while !rig.checks.isEmpty { rig.check() } }
        #expect(rig.closeReasons == [.idle])
    }

    @Test func `a spare connection is kept alive and retired although it is idle for long`() {
        let rig = Rig {
            $0.minIdle = 1
            $0.idleTimeout = .seconds(10)
            $0.keepAliveInterval = .seconds(4)
            $0.maxLifetime = .seconds(22)
            $0.lifetimeJitter = 0
        }
        rig.connectAll()
        var checks = 0
        rig.pass(.seconds(21)) {
            checks += rig.checks.count
            while !rig.checks.isEmpty { rig.check() }
        }
        #expect(checks >= 4 && rig.closes.isEmpty)
        rig.pass(.seconds(3)) {
            while !rig.checks.isEmpty { rig.check() }
            rig.connectAll()
        }
        #expect(rig.closeReasons == [.lifetime])
    }

    @Test func `a connection goes after so many loans`() {
        let rig = Rig { $0.maxUses = 2 }
        let first = rig.acquire()
        rig.connect()
        rig.release(first)
        rig.release(rig.acquire())
        #expect(rig.closeReasons == [.uses])
    }

    @Test func `a detached connection leaves its place free`() {
        let rig = Rig { $0.max = 1 }
        let id = rig.acquire()
        rig.connect()
        let waiter = rig.acquire()
        rig.release(id, .detached)
        #expect(rig.connects.count == 1 && rig.statistics.detached == 1)
        rig.connect()
        #expect(rig.grants[waiter] != nil)
    }
}
