import Foundation
import Histogram
import Testing

@testable import PoolingCommandLine

@Suite("What figures have to be read with")
struct CircumstancesTests {
    @Test("the command is shown without passwords, and fit for a shell")
    func command() {
        let arguments = [
            "bench", "--url", "postgres://app:hush-canary@db/app",
            "--url=mariadb://app:hush-canary@db/app?password=hush-canary",
            "hush-canary@db", "--clients", "1,2,16", "--output", "a b's.json",
        ]
        let found = Circumstances(arguments: arguments, DriverRegistry())
        #expect(!found.command.contains("hush-canary"), "\(found.command)")
        #expect(
            found.command.hasPrefix("pooling bench --url 'postgres://app:***@db/app' '--url=mariadb://app:***@db/app?"))
        #expect(found.command.hasSuffix("--clients 1,2,16 --output 'a b'\\''s.json'"), "\(found.command)")
    }

    @Test("a password that stands alone behind --url is not shown, either")
    func keywords() {
        var registry = DriverRegistry()
        registry.register(FakeBenchmark(name: "word", loneUserIsPassword: true))
        for url in ["host=db password=hush-canary", "host=db password=x:hush-canary", "word://hush-canary@host"] {
            let found = Circumstances(arguments: ["bench", "--url", url, "--url=" + url, url], registry)
            #expect(!found.command.contains("hush-canary"), "\(found.command)")
        }
    }

    @Test("machine, moment and build are told")
    func machine() {
        var found = Circumstances(arguments: [], DriverRegistry())
        found.end()
        #expect(found.cores > 0 && found.memoryBytes > 1 << 20 && !found.processor.isEmpty && !found.system.isEmpty)
        #expect(found.began.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(found.swift.hasPrefix("6.") && ["debug", "release"].contains(found.build))
        #expect(found.loadAtBegin != nil && found.loadAtEnd != nil)
    }

    @Test("figures of a debug build are marked as such in the text, those of another are not")
    func debug() {
        var report = PageFixture.report
        #expect(BenchText(report: report).text.hasPrefix("DEBUG BUILD: these figures mean little"))
        report.circumstances?.build = "release"
        #expect(!BenchText(report: report).text.contains("DEBUG"))
    }
}

@Suite("How a run went over time, and by percentile")
struct RunSeriesTests {
    private let plan = RunPlan(
        workload: .acquire, mode: .pooled, executor: .driver, clients: 2, min: 2, max: 8, duration: .seconds(6),
        warmup: .zero)

    @Test("operations and waits are counted in the part in which they ended, those outside in none")
    func parts() {
        let clock = RunClock(plan)
        let tenth: Int64 = 100_000_000
        var records = [ClientRecord(client: 0, clock: clock), ClientRecord(client: 1, clock: clock)]
        records[0].count(from: clock.begin - 5, acquired: clock.begin, to: clock.begin - 1)
        records[0].count(from: clock.begin, acquired: clock.begin + 3000, to: clock.begin + 5000)
        records[1].count(from: clock.begin, acquired: clock.begin + 1000, to: clock.begin + tenth - 1)
        records[1].count(from: clock.end - 10_000, acquired: clock.end - 9000, to: clock.end - 1)
        records[1].count(from: clock.end - 10, acquired: clock.end - 5, to: clock.end)
        let run = BenchReport.Run(plan, RunMeasurement(clients: records), driver: "fake", url: "fake:", server: "")
        let series = run.series
        #expect(series?.part == 0.1 && series?.throughput.count == RunClock.parts)
        #expect(series?.throughput.first == 20 && series?.throughput.last == 10 && series?.throughput[1] == 0)
        #expect(series?.wait.first == 2 && series?.wait.last == 1)
        #expect(series?.wait.count { $0 == nil } == RunClock.parts - 2)
        #expect(series?.open == nil)
        #expect(run.operations == 3)
        #expect(run.slices?.count == 10 && run.slices?.first == 3.333 && run.slices?.last == 1.667)
    }

    @Test("looks at the pool are averaged in each part, and a part without one says so")
    func looks() {
        var parts = [PoolSampler.Part](repeating: .init(), count: RunClock.parts)
        parts[1] = .init(looks: 4, open: 16, leased: 10, waiting: 2)
        let series = RunSeries(plan, RunMeasurement(poolParts: parts))
        #expect(series.open?[1] == 4 && series.leased?[1] == 2.5 && series.waiting?[1] == 0.5)
        #expect(series.open?.count { $0 == nil } == RunClock.parts - 1)
    }

    @Test("a curve goes from the quickest to the slowest, as far as there are values to tell percentiles apart")
    func curve() throws {
        var histogram = Histogram<UInt32>(highestTrackableValue: 1 << 37)
        for microseconds in 1...1000 { histogram.record(UInt64(microseconds) * 1000) }
        let curves = try #require(PercentileCurves(latency: [histogram], acquire: [histogram]))
        #expect(curves.percentiles.first == 0 && curves.percentiles.suffix(2) == [99.9, 100])
        #expect(curves.latency == curves.latency.sorted() && curves.latency.count == curves.percentiles.count)
        #expect(curves.latency.first == 1 && abs((curves.latency.last ?? 0) - 1000) < 1)
        #expect(PercentileCurves(latency: [], acquire: []) == nil)
        let empty = Histogram<UInt32>(highestTrackableValue: 1000)
        #expect(PercentileCurves(latency: [empty], acquire: [empty]) == nil)
    }
}
