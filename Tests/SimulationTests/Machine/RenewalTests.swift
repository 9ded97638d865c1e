import PoolingCore
import PoolingTestKit
import Testing

/// Connections that were opened together, when their time is over (F57).
@Suite struct RenewalTests {
    @Test(arguments: [0.1, 0], [50, 60])
    func `F57: of fifty connections opened together, at most a fifth is replaced in any second`(
        jitter: Double, max: Int
    ) {
        let renewal = Renewal(jitter: jitter, max: max)
        renewal.pass(.seconds(16))
        #expect(renewal.rig.started >= 100, "all of them are replaced")
        #expect(renewal.mostInASecond <= 10)
        #expect(renewal.rig.closeReasons.allSatisfy { $0 == .lifetime })
        #expect(renewal.fewestOpen >= 45, "a tenth at a time")
    }

    @Test func `F57: connections beyond the minimum, too, go one after the other`() {
        let renewal = Renewal(jitter: 0, min: 0, max: 60)
        renewal.pass(.milliseconds(10_990))
        #expect((8...10).contains(renewal.rig.closeReasons.count), "\(renewal.rig.closeReasons.count)")
        renewal.pass(.seconds(6))
        #expect(renewal.rig.statistics.total == 0)
    }

    @Test func `F57: what a suspension or a shorter maxLifetime has made to expire at once goes one after the other`() {
        let suspended = Renewal(jitter: 0, max: 50)
        suspended.rig.send(.suspended)
        suspended.pass(.seconds(60))
        suspended.rig.send(.resumed)
        suspended.pass(.seconds(8))
        #expect(suspended.rig.started >= 100 && suspended.mostInASecond <= 10)

        let shortened = Renewal(jitter: 0, max: 50, lifetime: .seconds(3600))
        shortened.pass(.seconds(60))
        shortened.apply(lifetime: .seconds(30))
        shortened.pass(.seconds(8))
        #expect(shortened.rig.started >= 100 && shortened.mostInASecond <= 10)
    }

    @Test func `settings that are applied again and again hold up no replacement`() {
        let renewal = Renewal(jitter: 0, max: 50)
        for _ in 0..<800 {
            renewal.pass(.milliseconds(20))
            renewal.apply(lifetime: .seconds(10))
        }
        #expect(renewal.rig.started >= 100 && renewal.mostInASecond <= 10)
    }

    @Test func `a connection whose turn has not come is lent like any other`() {
        let renewal = Renewal(jitter: 0, max: 50)
        renewal.pass(.milliseconds(10_500))
        let ids = (0..<40).map { _ in renewal.rig.acquire() }
        #expect(ids.allSatisfy { renewal.rig.grants[$0] != nil })
        for id in ids { renewal.rig.release(id) }
        renewal.pass(.seconds(6))
        #expect(renewal.rig.started >= 100 && renewal.mostInASecond <= 10)
    }

    @Test func `a higher maxLifetime prolongs the life of what is open, a lower one shortens it`() {
        let rig = Rig {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = .seconds(100)
        }
        rig.connectAll()
        let first = rig.machine.records[0].expiresAt - rig.now
        #expect((90_000_000_000...100_000_000_000).contains(first))
        rig.apply {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = .seconds(1000)
        }
        let second = rig.machine.records[0].expiresAt - rig.now
        #expect((first * 10 - 100...first * 10 + 100).contains(second), "the same share is taken off")
        rig.pass(.seconds(850))
        #expect(rig.connects.isEmpty && rig.closes.isEmpty)
        rig.apply {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = nil
        }
        rig.pass(.seconds(5000))
        #expect(rig.connects.isEmpty && rig.closes.isEmpty)
        rig.apply {
            $0.min = 1
            $0.max = 2
            $0.maxLifetime = .seconds(60)
        }
        rig.pass(.milliseconds(60))
        rig.connect()
        #expect(rig.closeReasons == [.lifetime])
    }
}

/// Fifty connections, opened together; connects take 20 ms, closes none.
private final class Renewal {
    let rig: Rig
    private let min: Int
    private let max: Int
    private let jitter: Double
    private var connectsEnd: [MonotonicInstant] = []
    /// When each replacement was begun.
    private var begun: [MonotonicInstant] = []
    private(set) var fewestOpen = 50

    init(jitter: Double, min: Int = 50, max: Int, lifetime: Duration = .seconds(10)) {
        (self.min, self.max, self.jitter) = (min, max, jitter)
        rig = Rig {
            $0.min = 50
            $0.max = max
            $0.maxConcurrentConnects = 50
            $0.idleTimeout = nil
            $0.maxLifetime = lifetime
            $0.lifetimeJitter = jitter
        }
        rig.connectAll()
        #expect(rig.statistics.idle == 50)
        if min < 50 { apply(lifetime: lifetime) }
    }

    func apply(lifetime: Duration) {
        rig.apply {
            $0.min = min
            $0.max = max
            $0.maxConcurrentConnects = 50
            $0.idleTimeout = nil
            $0.maxLifetime = lifetime
            $0.lifetimeJitter = jitter
        }
        note()
    }

    func pass(_ span: Duration) {
        let end = rig.now + span.inNanoseconds
        while rig.now < end {
            rig.pass(.milliseconds(5)) { note() }
            note()
            while let first = connectsEnd.first, first <= rig.now {
                connectsEnd.removeFirst()
                rig.connect()
                note()
            }
        }
    }

    private func note() {
        rig.closeAll()
        while connectsEnd.count < rig.connects.count {
            connectsEnd.append(rig.now + 20_000_000)
            begun.append(rig.now)
        }
        fewestOpen = Swift.min(fewestOpen, rig.statistics.idle)
    }

    var mostInASecond: Int {
        begun.indices.reduce(0) { most, first in
            Swift.max(most, begun[first...].prefix { $0 - begun[first] < 1_000_000_000 }.count)
        }
    }
}
