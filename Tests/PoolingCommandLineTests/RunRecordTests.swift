import PoolingCore
import Testing

@testable import PoolingCommandLine

@Suite("What is written down during a run")
struct RunRecordTests {
    @Test("clients choose for themselves: none follows in another's steps")
    func choices() {
        let clock = RunClock(warmup: .zero, duration: .seconds(1))
        var choices: Set<UInt64> = []
        for client in 0..<64 {
            var record = ClientRecord(client: client, clock: clock)
            for _ in 0..<200 { choices.insert(record.nextChoice()) }
        }
        #expect(choices.count == 64 * 200)
    }

    @Test("the peaks count at any time, the parts only while the clock runs, each in its own")
    func samples() {
        let clock = RunClock(warmup: .zero, duration: .seconds(60))
        var samples = PoolSampler.Samples()
        var statistics = PoolStatistics()
        (statistics.leased, statistics.idle, statistics.waiting) = (3, 2, 7)
        samples.add(statistics, at: clock.begin - 1, of: clock)
        samples.add(statistics, at: clock.end, of: clock)
        #expect(samples.peakConnections == 5 && samples.peakWaiting == 7)
        #expect(samples.parts.allSatisfy { $0.looks == 0 })
        (statistics.leased, statistics.idle, statistics.waiting) = (1, 1, 0)
        samples.add(statistics, at: clock.begin, of: clock)
        samples.add(statistics, at: clock.begin + clock.partLength - 1, of: clock)
        samples.add(statistics, at: clock.end - 1, of: clock)
        #expect(samples.peakConnections == 5 && samples.peakWaiting == 7)
        let (first, last) = (samples.parts[0], samples.parts[RunClock.parts - 1])
        #expect(first.looks == 2 && first.open == 4 && first.leased == 2 && first.waiting == 0)
        #expect(last.looks == 1 && last.open == 2 && last.leased == 1)
        #expect(samples.parts.reduce(0) { $0 + $1.looks } == 3)
    }

    @Test("what arrived in time and ended late counts with its latency, but not as throughput")
    func late() throws {
        // A clock that has run down.
        let clock = RunClock(warmup: .seconds(-20), duration: .seconds(10))
        let book = OpenLoopBook(clock: clock)
        #expect(book.begin(arrival: clock.begin))
        book.end(1, arrival: clock.begin, acquired: clock.begin + 1_000_000)
        let (records, dropped, arrived) = (book.result.records, book.result.dropped, book.result.arrived)
        #expect(records.allSatisfy { $0.operations == 0 } && dropped == 0 && arrived == 1)
        let latency = BenchReport.Distribution(records.map(\.latency))
        let acquire = BenchReport.Distribution(records.map(\.acquire))
        #expect(latency.max >= 19e6 && abs(acquire.max - 1000) < 2, "\(latency) \(acquire)")
    }

    @Test("what arrived before the clock ran and ended within is throughput without a latency")
    func early() {
        let clock = RunClock(warmup: .seconds(-20), duration: .seconds(3600))
        let book = OpenLoopBook(clock: clock)
        #expect(book.begin(arrival: clock.begin - 1) && book.begin(arrival: clock.end))
        book.end(1, arrival: clock.begin - 1, acquired: clock.begin)
        let result = book.result
        #expect(result.records.reduce(0) { $0 + $1.operations } == 1 && result.arrived == 0)
        #expect(BenchReport.Distribution(result.records.map(\.latency)) == .init())
    }

    @Test("what arrives while too many are under way has arrived, and is not begun")
    func dropped() {
        let clock = RunClock(warmup: .zero, duration: .seconds(3600))
        let book = OpenLoopBook(clock: clock)
        for _ in 0..<OpenLoop.mostUnderWay { #expect(book.begin(arrival: clock.begin)) }
        #expect(!book.begin(arrival: clock.begin))
        book.end(1, arrival: clock.begin, acquired: clock.begin)
        #expect(book.begin(arrival: clock.begin))
        #expect(book.result.dropped == 1 && book.result.arrived == OpenLoop.mostUnderWay + 2)
    }
}
