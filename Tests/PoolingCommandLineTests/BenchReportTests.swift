import Histogram
import Testing

@testable import PoolingCommandLine

@Suite("Reports of pooling bench")
struct BenchReportTests {
    @Test("percentiles of all clients are merged, in microseconds")
    func distribution() {
        var (first, second) = (
            Histogram<UInt32>(highestTrackableValue: 1 << 37), Histogram<UInt32>(highestTrackableValue: 1 << 37)
        )
        for microseconds in 1...50 { first.record(UInt64(microseconds) * 1000) }
        for microseconds in 51...100 { second.record(UInt64(microseconds) * 1000) }
        let distribution = BenchReport.Distribution([first, second])
        #expect(abs(distribution.mean - 50.5) < 0.1)
        #expect(abs(distribution.p50 - 50) < 0.1)
        #expect(abs(distribution.p99 - 99) < 0.2)
        #expect(abs(distribution.max - 100) < 0.2)
    }

    @Test("nothing measured is zeros")
    func empty() {
        #expect(BenchReport.Distribution([]) == BenchReport.Distribution())
        #expect(
            BenchReport.Distribution([Histogram<UInt32>(highestTrackableValue: 1000)]) == BenchReport.Distribution())
    }

    @Test("ratios compare runs that differ in nothing but the mode")
    func ratios() {
        let runs = [
            run(.pooled, clients: 1, 300), run(.dedicated, clients: 1, 400), run(.unpooled, clients: 1, 10),
            run(.pooled, clients: 2, 500), run(.unpooled, clients: 2, 0), run(.dedicated, clients: 4, 100),
        ]
        let ratios = BenchReport.ratios(of: runs)
        #expect(ratios.count == 1)
        #expect(ratios.first?.clients == 1)
        #expect(ratios.first?.pooledOverDedicated == 0.75)
        #expect(ratios.first?.pooledOverUnpooled == 30)
    }

    @Test("two URLs of one driver are kept apart, in ratios, headings and sentences")
    func urls() throws {
        let runs = [
            run(.pooled, clients: 1, 300, url: "fake:a"), run(.dedicated, clients: 1, 400, url: "fake:a"),
            run(.pooled, clients: 1, 100, url: "fake:b"), run(.dedicated, clients: 1, 200, url: "fake:b"),
        ]
        let report = BenchReport(durationSeconds: 1, runs: runs, ratios: BenchReport.ratios(of: runs))
        #expect(report.ratios.map(\.url) == ["fake:a", "fake:b"])
        #expect(report.ratios.map(\.pooledOverDedicated) == [0.75, 0.5])
        let parts = BenchText(report: report).text.split(separator: "fake, fake:b")
        try #require(parts.count == 2)
        #expect(parts[0].hasPrefix("fake, fake:a\n") && parts[0].contains("costs 25 %"))
        #expect(parts[1].contains("costs 50 %"))
    }

    @Test("several targets stand side by side, each with its name")
    func sideBySide() throws {
        var runs = [
            run(.pooled, clients: 1, 300, url: "fake:a"), run(.unpooled, clients: 1, 40, url: "fake:a"),
            run(.pooled, clients: 1, 1200, url: "fake:b"), run(.pooled, clients: 1, 5, url: "other:"),
        ]
        runs[3].driver = "other"
        for index in runs.indices { runs[index].workload = "connect" }
        runs[1].acquire.p50 = 1500
        runs[1].acquire.p99 = 2500
        let text = try #require(BenchComparison(runs: runs).text)
        #expect(
            text == """
                side by side

                fake 1: fake:a
                fake 2: fake:b

                connect, operations/s

                executor  clients  mode      fake 1  fake 2  other
                driver          1  pooled       300   1 200      5
                driver          1  unpooled      40       -      -

                what a connection costs that is opened for each operation

                target  executor  clients      p50      p99
                fake 1  driver          1  1.50 ms  2.50 ms
                """)
        #expect(BenchComparison(runs: Array(runs.prefix(2))).text == nil)
        let report = BenchReport(durationSeconds: 1, runs: runs, ratios: [])
        #expect(BenchText(report: report).text.hasSuffix("\n\n\(text)\n"))
    }

    @Test("pools of a file are told by their names, and stand beside each other whatever their sizes")
    func pools() throws {
        var runs = [
            run(.pooled, clients: 1, 300), run(.dedicated, clients: 1, 400), run(.pooled, clients: 1, 100),
            run(.dedicated, clients: 1, 200),
        ]
        for index in runs.indices { runs[index].pool = index < 2 ? "main" : "reports" }
        (runs[0].max, runs[1].max) = (20, 20)
        let ratios = BenchReport.ratios(of: runs)
        #expect(ratios.map(\.pool) == ["main", "reports"] && ratios.map(\.pooledOverDedicated) == [0.75, 0.5])
        let text = BenchText(report: BenchReport(durationSeconds: 1, runs: runs, ratios: ratios)).text
        #expect(text.contains("main: fake, fake:\npool of min 2, max 20;"), "\(text)")
        #expect(text.contains("reports: fake, fake:\npool of min 2, max 8;"), "\(text)")
        #expect(
            text.contains("executor  clients  mode       main  reports\ndriver          1  pooled      300      100\n"))
        #expect(try ReportJSON.text(runs).contains("\"pool\" : \"reports\""))
    }

    @Test("a ratio that there is not is null in JSON, not absent")
    func nullRatio() throws {
        let ratios = BenchReport.ratios(of: [run(.pooled, clients: 1, 300), run(.dedicated, clients: 1, 400)])
        let text = try ReportJSON.text(ratios)
        #expect(text.contains("\"pooled_over_unpooled\" : null"))
    }

    @Test(
        "ratios are put in words",
        arguments: [
            (38.04, 0.97, "pooled is 38.0 times as fast as unpooled; costs 3 % against dedicated"),
            (nil, 1.0, "pooled costs nothing against dedicated"),
            (1.5, 1.04, "pooled is 1.50 times as fast as unpooled; gains 4 % over dedicated"),
            (120, nil, "pooled is 120 times as fast as unpooled"),
        ] as [(Double?, Double?, String)])
    func sentences(_ unpooled: Double?, _ dedicated: Double?, _ words: String) {
        let ratio = BenchReport.Ratio(
            driver: "x", url: "x:", workload: "acquire", executor: "driver", clients: 16, min: 0, max: 1,
            pooledOverUnpooled: unpooled, pooledOverDedicated: dedicated)
        #expect(BenchText.sentence(ratio) == "16 clients on the driver's executor: " + words)
    }

    @Test("numbers are short and grouped")
    func numbers() {
        #expect(ReportNumber.grouped(1_234_567) == "1 234 567")
        #expect(ReportNumber.grouped(12) == "12")
        #expect(ReportNumber.time(microseconds: 0.854) == "0.85 µs")
        #expect(ReportNumber.time(microseconds: 12.34) == "12.3 µs")
        #expect(ReportNumber.time(microseconds: 4100) == "4.10 ms")
        #expect(ReportNumber.time(microseconds: 1_200_000) == "1.20 s")
        #expect(ReportNumber.threeDigits(9.999) == "10.00")
    }

    @Test("a table is as wide as what is in it, numbers to the right")
    func table() {
        var table = TextTable(columns: [.init(title: "name"), .init(title: "n", isNumber: true)])
        table.rows = [["a", "1"], ["bcdef", "234"]]
        #expect(table.text == "name     n\na        1\nbcdef  234")
    }

    private func run(
        _ mode: ConnectionMode, clients: Int, _ throughput: Double, url: String = "fake:"
    ) -> BenchReport.Run {
        let plan = RunPlan(
            workload: .acquire, mode: mode, executor: .driver, clients: clients, min: 2, max: 8, duration: .seconds(1),
            warmup: .zero)
        var run = BenchReport.Run(plan, RunMeasurement(), driver: "fake", url: url, server: "")
        run.throughput = throughput
        return run
    }
}
