import PoolingCore
import Testing

@testable import PoolingObservability

@Suite struct HistogramProgressTests {
    private func histogram(_ nanoseconds: [Int64]) -> DurationHistogram {
        var tally = DurationTally()
        for each in nanoseconds { tally.record(nanoseconds: each) }
        return DurationHistogram(tally)
    }

    @Test func `what came since the last time is passed on, within its bucket and with the right sum`() {
        var progress = HistogramProgress()
        var all: [Int64] = []
        for round in 0..<50 {
            var random = RandomDurations(seed: UInt64(round))
            all += (0..<100).map { _ in random.next() }
            let histogram = histogram(all)
            var seen = [UInt64](repeating: 0, count: DurationHistogram.bucketCount)
            for part in progress.advance(to: histogram) {
                seen[DurationHistogram.bucket(ofNanoseconds: part.nanoseconds)] += part.times
            }
            #expect(seen.reduce(0, +) == 100)
            #expect(progress.advance(to: histogram) == [])
        }
    }

    @Test func `durations in one bucket have their own sum`() {
        var progress = HistogramProgress()
        let parts = progress.advance(to: histogram([5_000_000, 6_000_000, 7_000_000]))
        #expect(parts == [.init(nanoseconds: 6_000_000, times: 3)])
        let more = progress.advance(to: histogram([5_000_000, 6_000_000, 7_000_000, 8_000_000]))
        #expect(more == [.init(nanoseconds: 8_000_000, times: 1)])
    }

    @Test func `a bucket that was told of too many is made up for`() {
        var progress = HistogramProgress()
        #expect(progress.advance(to: histogram([0, 0])) == [.init(nanoseconds: 0, times: 2)])
        // One of the two turns out to have been longer.
        #expect(progress.advance(to: histogram([0, 5_000_000])) == [.init(nanoseconds: 5_000_000, times: 1)])
        #expect(progress.advance(to: histogram([0, 0, 5_000_000])) == [])
        #expect(progress.advance(to: histogram([0, 0, 0, 5_000_000])) == [.init(nanoseconds: 0, times: 1)])
    }
}

/// From nothing to minutes, as many in each power of two.
private struct RandomDurations {
    private var state: UInt64
    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> 27) >> Int64(state >> 59)
    }
}
