import Testing

@testable import PoolingCommandLine

@Suite("What runs of pooling bench say together")
struct ComparisonTests {
    private func run(max: Int, _ throughput: Double, slices: [Double]? = nil) -> BenchReport.Run {
        BenchReport.Run(
            driver: "fake", url: "fake:", server: "", workload: "point-select", mode: "pooled", executor: "driver",
            clients: 8, min: 0, max: max, operations: 1, errors: 0, throughput: throughput,
            latency: .init(), acquire: .init(p99: Double(1000 / max)), connects: 0, peakConnections: 0, peakWaiting: 0,
            operationsPerClient: .init(min: 0, max: 0), slices: slices)
    }

    @Test("the smallest size that has about the highest throughput is recommended")
    func knee() throws {
        let runs = [run(max: 16, 1000), run(max: 1, 300), run(max: 2, 580), run(max: 4, 960), run(max: 8, 990)]
        let advice = try #require(Recommendation.all(from: runs).first)
        #expect(advice.max == 4 && advice.bestMax == 16 && advice.share == 0.96)
        #expect(
            advice.reason
                == "it has 96 % of the highest throughput (1 000/s at max 16); a wait of 250 µs at p99; max 2 "
                + "has 58 % and waits 500 µs; max 8 has 99 % and waits 125 µs")
    }

    @Test("where the largest is the best by far, it is recommended, and where more only costs, the one before")
    func ends() {
        #expect(Recommendation.all(from: [run(max: 1, 100), run(max: 2, 200)]).map(\.max) == [2])
        #expect(Recommendation.all(from: [run(max: 1, 100), run(max: 2, 200), run(max: 4, 90)]).map(\.max) == [2])
        #expect(Recommendation.all(from: [run(max: 1, 100), run(max: 2, 40)]).map(\.max) == [1])
    }

    @Test("there is nothing to choose from one size, or where nothing was done")
    func nothing() {
        #expect(Recommendation.all(from: [run(max: 1, 100)]).isEmpty)
        #expect(Recommendation.all(from: [run(max: 1, 0), run(max: 2, 0)]).isEmpty)
    }

    @Test("what is uncertain about the earlier run counts for as much more as the later one is faster")
    func ratio() throws {
        let before = run(max: 1, 100, slices: [90, 110, 90, 110, 90, 110, 90, 110, 90, 110])
        let after = run(max: 1, 1000, slices: [Double](repeating: 1000, count: 10))
        let change = try #require(Change(from: before, to: after))
        // The standard error of the mean is 3.3 % of it, and of ten times as much; Student's factor for 9 is 2.26.
        #expect(abs(try #require(change.high) - 9 - 10 * 0.0333 * 2.26) < 0.03, "\(change)")
        #expect(abs(try #require(change.low) - 9 + 10 * 0.0333 * 2.26) < 0.03, "\(change)")
    }

    @Test("each target is held against itself, be it at another place now, and none against another's figures")
    func targets() {
        func report(_ urls: [(String, Double)]) -> BenchReport {
            BenchReport(
                durationSeconds: 1,
                runs: urls.map { url, throughput in
                    var run = run(max: 1, throughput)
                    run.url = url
                    return run
                }, ratios: [])
        }
        let earlier = EarlierReport(report([("fake:a", 100), ("fake:b", 400)]))
        let swapped = earlier.changes(to: report([("fake:b", 400), ("fake:a", 100)]))
        #expect(swapped.map(\.before) == [400, 100] && swapped.map(\.url) == ["fake:b", "fake:a"])
        let text = ChangesText(changes: swapped).text
        #expect(text.contains("\nfake:b ") && text.contains("\nfake:a "), "\(text)")
        #expect(earlier.changes(to: report([("fake:c", 1), ("fake:d", 1)])).map(\.before) == [100, 400])
        #expect(earlier.changes(to: report([("fake:c", 1), ("fake:a", 1)])).map(\.before) == [400, 100])
        #expect(EarlierReport(report([("fake:a", 1e-305)])).changes(to: report([("fake:a", 1e9)])).isEmpty)
    }

    @Test("runs whose operations keep their connections for different times are not compared")
    func serviceTimes() {
        var held = run(max: 1, 100)
        held.serviceTime = "5ms"
        #expect(Change(from: run(max: 1, 100), to: held) == nil)
        #expect(Change(from: held, to: held) != nil)
    }

    @Test("a change that is larger than the parts of both runs differ is certain, another is not")
    func certainty() throws {
        let before = run(max: 1, 100, slices: [99, 101, 100, 100, 98, 102, 100, 100, 101, 99])
        let faster = run(max: 1, 120, slices: [119, 121, 120, 120, 118, 122, 120, 120, 121, 119])
        let noisy = run(max: 1, 104, slices: [60, 150, 80, 130, 100, 90, 140, 104, 80, 106])
        let certain = try #require(Change(from: before, to: faster))
        #expect(certain.change == 0.2 && certain.isCertain)
        #expect(try #require(certain.low) > 0.18 && #require(certain.high) < 0.22)
        let uncertain = try #require(Change(from: before, to: noisy))
        #expect(!uncertain.isCertain)
        #expect(try #require(uncertain.low) < 0 && #require(uncertain.high) > 0.04)
        #expect(ChangesText(changes: [certain, uncertain]).text.contains("no difference can be told"))
        #expect(ChangesText(changes: [certain]).text.contains("+20.0 %"))
    }

    @Test("only runs with the same settings are compared, and one without parts has no certainty")
    func settings() throws {
        #expect(Change(from: run(max: 1, 100), to: run(max: 2, 100)) == nil)
        #expect(Change(from: run(max: 1, 0), to: run(max: 1, 100)) == nil)
        let change = try #require(Change(from: run(max: 1, 100), to: run(max: 1, 50)))
        #expect(change.change == -0.5 && change.low == nil && !change.isCertain)
    }

    @Test(
        "Student's quantile is never too narrow",
        arguments: [(1.0, 12.706), (2, 4.303), (5, 2.571), (9, 2.262), (18, 2.101)])
    func quantile(_ freedom: Double, _ exact: Double) {
        #expect(Change.quantile(freedom) >= exact)
        #expect(Change.quantile(freedom) <= exact * 1.15)
    }
}
