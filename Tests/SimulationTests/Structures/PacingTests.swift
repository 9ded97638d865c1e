import PoolingCore
import PoolingTestKit
import Testing

@Suite struct ConnectPacingTests {
    private let backoff = Backoff(initial: .milliseconds(50), multiplier: 2, cap: .milliseconds(400))

    @Test func `pauses stay below a bound that doubles up to the cap`() {
        for seed in 1...200 {
            var random = SplitMix64(seed: UInt64(seed))
            var pacing = ConnectPacing()
            var now = MonotonicInstant(nanoseconds: 0)
            for bound in [50, 100, 200, 400, 400, 400] {
                pacing.failed(startedAt: now, at: now, backoff: backoff, random: &random)
                let pause = pacing.nextAttempt - now
                #expect((0...Int64(bound) * 1_000_000).contains(pause))
                now = pacing.nextAttempt + 1
            }
        }
    }

    @Test func `pauses use the whole span (full jitter)`() {
        var random = SplitMix64(seed: 1)
        let pauses = (0..<1000).map { _ in
            var pacing = ConnectPacing()
            pacing.failed(
                startedAt: .init(nanoseconds: 0), at: .init(nanoseconds: 0), backoff: backoff, random: &random)
            return pacing.nextAttempt.nanoseconds
        }
        #expect(pauses.filter { $0 < 10_000_000 }.count > 100)
        #expect(pauses.filter { $0 > 40_000_000 }.count > 100)
    }

    @Test func `companions of a failure count once`() {
        var random = SplitMix64(seed: 1)
        var pacing = ConnectPacing()
        let start = MonotonicInstant(nanoseconds: 0)
        for time in 1...4 {
            pacing.failed(
                startedAt: start, at: .init(nanoseconds: Int64(time)), backoff: backoff, random: &random)
        }
        #expect(pacing.failures == 1)
        #expect(pacing.failingSince == .init(nanoseconds: 1))
    }

    @Test func `while failing one is allowed, after its pause; then 1, 2, 4, all`() {
        var random = SplitMix64(seed: 3)
        var pacing = ConnectPacing()
        let now = MonotonicInstant(nanoseconds: 1000)
        #expect(pacing.concurrency(limit: 6, at: now) == 6)
        pacing.failed(startedAt: now, at: now, backoff: backoff, random: &random)
        #expect(pacing.concurrency(limit: 6, at: now) == 0)
        #expect(pacing.concurrency(limit: 6, at: pacing.nextAttempt) == 1)
        var allowed: [Int] = []
        for _ in 0..<5 {
            pacing.succeeded(limit: 6)
            allowed.append(pacing.concurrency(limit: 6, at: now))
        }
        #expect(allowed == [1, 2, 4, 6, 6])
        #expect(!pacing.isFailing && pacing.failingSince == nil)
    }
}

@Suite struct GrowthEstimateTests {
    private let millisecond: Int64 = 1_000_000

    @Test func `an empty pool, or one that has never connected, opens for everybody`() {
        var growth = GrowthEstimate()
        #expect(growth.connections(forWaiters: 7, headWaited: 0, open: 2) == 9)
        growth.connected(in: 100)
        #expect(growth.connections(forWaiters: 7, headWaited: 0, open: 0) == 7)
    }

    @Test func `F8: short work and slow connects justify none`() {
        var growth = GrowthEstimate()
        growth.connected(in: 150 * millisecond)
        growth.used(for: 2 * millisecond)
        #expect(growth.connections(forWaiters: 45, headWaited: millisecond, open: 5) == 5)
        #expect(growth.connections(forWaiters: 1000, headWaited: millisecond, open: 5) > 5)
    }

    @Test func `whoever has waited for as long as a connect takes justifies one more`() {
        var growth = GrowthEstimate()
        growth.connected(in: 10 * millisecond)
        #expect(growth.connections(forWaiters: 1, headWaited: 9 * millisecond, open: 1) == 1)
        #expect(growth.connections(forWaiters: 1, headWaited: 10 * millisecond, open: 1) == 2)
    }

    @Test func `the next look is when the head has waited for a connect's time, then again after each`() {
        var growth = GrowthEstimate()
        growth.connected(in: 10 * millisecond)
        let since = MonotonicInstant(nanoseconds: 100 * millisecond)
        #expect(growth.nextLook(headSince: since, now: since) == since + 10 * millisecond)
        let later = since + 25 * millisecond
        #expect(growth.nextLook(headSince: since, now: later) == later + 10 * millisecond)
    }
}
