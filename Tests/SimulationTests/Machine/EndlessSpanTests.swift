import PoolingCore
import PoolingTestKit
import Testing

/// Settings that mean "for ever" in effect, and spans beyond what the clock can count.
@Suite struct EndlessSpanTests {
    private static let endless = Duration.seconds(Int64.max)

    @Test func `spans saturate`() {
        #expect((Self.endless + Self.endless).inNanoseconds == .max)
        #expect((Duration.zero - Self.endless - Self.endless).inNanoseconds == .min)
        let least = Duration(secondsComponent: -9_223_372_036, attosecondsComponent: -999_999_999_000_000_000)
        #expect(least.inNanoseconds == .min)
        #expect(PoolError.short(Self.endless).isEmpty == false)
    }

    @Test func `every timeout may be longer than the clock can count`() {
        let rig = Rig(hooks: .all) {
            $0.max = 1
            $0.acquireTimeout = Self.endless
            $0.connectTimeout = Self.endless
            $0.validationTimeout = Self.endless
            $0.resetTimeout = Self.endless
            $0.closeTimeout = Self.endless
            $0.validation = .afterIdle(Self.endless)
            $0.idleTimeout = Self.endless
            $0.maxLifetime = .nanoseconds(Int64.max - 1)
            $0.lifetimeJitter = 1
            $0.backoff = .init(initial: Self.endless, cap: Self.endless)
            $0.outagePolicy = .failAfter(Self.endless)
        }
        let first = rig.acquire(within: Self.endless)
        rig.connect()
        rig.prepare()
        rig.release(first, .dirty)
        rig.reset()
        let second = rig.acquire(within: Self.endless)
        rig.prepare()
        rig.release(second, .broken)
        rig.closeAll()
        rig.acquire(within: Self.endless)
        rig.connect(well: false)
        rig.send(.shutdown(deadline: rig.now + Self.endless.inNanoseconds))
        #expect(rig.report != nil)
    }

    @Test func `an acquire that was served by an unfit connection is not refused for a full queue`() {
        let rig = Rig {
            $0.max = 1
            $0.maxWaiters = 1
        }
        let first = rig.acquire()
        rig.connect()
        let other = rig.acquire()
        // The connection that `first` got proves unfit: it comes back, and `first` asks again.
        rig.release(first, .suspect)
        let again = rig.acquire(isReturning: true)
        #expect(rig.refusal(of: again) == nil)
        rig.check()
        #expect(rig.grant(of: again) != nil && rig.grant(of: other) == nil)
    }
}
