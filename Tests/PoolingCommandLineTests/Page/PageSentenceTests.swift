import Foundation
import Testing

@testable import PoolingCommandLine

@Suite("What the page of a report says")
struct PageSentenceTests {
    private func page(_ report: BenchReport) -> String { BenchPage(report: report).text }

    @Test("of a spike with failures nobody is told that all were served")
    func failedSpike() throws {
        var report = PageFixture.report
        #expect(page(report).contains("spike of 50 requests: all were served within 21.0 ms"))
        report.spikes?[0].errors = 10
        let spike = try #require(report.spikes?.first)
        let failed = page(report)
        for words in [
            "spike of 50 requests: 40 of 50 were served, the last was done or had failed after 21.0 ms",
            "How soon those served had a connection", "had a connection: half of those served",
            "Only 40 of 50 were served", "all requests done or failed",
        ] {
            #expect(failed.contains(words), "\(words)")
        }
        let text = ScenarioText.text(spike)
        #expect(
            text.contains("served                   40 of 50\n") && text.contains("18.0 ms of those served"), "\(text)")
        for told in [failed, text] {
            #expect(!told.contains("all were served") && !told.contains("How soon requests"))
        }
    }

    @Test("each target of a comparison stands with the size of its own pool")
    func sizes() {
        let report = BenchReport(
            durationSeconds: 3, runs: [run("a", max: 4, 300), run("b", max: 9, 500)], ratios: [])
        let text = page(report)
        #expect(text.contains("pooled, with 16 clients on the default executor: a, max 4 300/s, b, max 9 500/s"))
        #expect(text.contains("500 (max 9)") && !text.contains("of the same size"))
    }

    @Test("the size that stands for a sweep is called recommended only where one is")
    func shownSize() {
        let sweep = [run("a", max: 2, 300), run("a", max: 8, 900)]
        var report = BenchReport(durationSeconds: 3, runs: sweep, ratios: [])
        report.recommendations = Recommendation.all(from: sweep)
        #expect(page(report).contains("it is the recommended one, in brackets"))
        #expect(page(report).contains("The wait for a connection was with 16 clients on the default executor on max 8"))
        #expect(page(PageFixture.report).contains("Of the sizes shown, the longest waits for a connection were"))
        for index in sweep.indices { report.runs[index].rate = 500 }
        report.recommendations = nil
        let rates = page(report)
        #expect(rates.contains("it is the largest, in brackets") && !rates.contains("recommended one"))
        report.runs += report.runs.map { run in
            var run = run
            run.rate = 700
            return run
        }
        #expect(page(report).contains("Waits by rate with a pool of max 8 on the default executor"))
        #expect(page(report).contains(">pool of max 8<"))
    }

    @Test("two pools of a file are two targets wherever they are told of")
    func pools() throws {
        let runs = [run("main", max: 4, 300), run("replica", max: 4, 500)]
        var report = BenchReport(durationSeconds: 3, runs: runs, ratios: [])
        report.changes = runs.compactMap { Change(from: $0, to: $0) }
        let played = PageFixture.report
        for name in ["main", "replica"] {
            var spike = try #require(played.spikes?.first)
            var outage = try #require(played.outages?.first)
            var prediction = try #require(played.predictions?.first)
            (spike.pool, outage.pool, prediction.pool) = (name, name, name)
            report.spikes = (report.spikes ?? []) + [spike]
            report.outages = (report.outages ?? []) + [outage]
            report.predictions = (report.predictions ?? []) + [prediction]
        }
        let text = page(report)
        for name in ["main", "replica"] {
            for words in [
                "Change of throughput, \(name), point-select, clients on the default executor, 16 clients: pooled",
                ">\(name)</t", "\(name), spike of 50 requests:", "\(name): spike of 50 requests at once",
                "\(name), outage (cut):", "\(name): outage (cut)", "\(name), at 70 % of what the pool can do",
                "\(name): waits foretold and measured",
            ] {
                #expect(text.contains(words), "\(words)")
            }
        }
        // Of one size each, they are no sweep.
        #expect(!text.contains("pooled (4)"))
    }

    @Test("changes on two URLs of one driver are told apart")
    func urls() {
        let runs = ["postgres://a/x", "postgres://b/x"].map { url in
            PageFixture.run("postgres", url, "point-select", "default", 16, "pooled", 4, 300)
        }
        var report = BenchReport(durationSeconds: 3, runs: runs, ratios: [])
        report.changes = runs.compactMap { Change(from: $0, to: $0) }
        for url in runs.map(\.url) {
            #expect(page(report).contains("Change of throughput, \(url), point-select"), "\(url)")
        }
    }

    @Test("the line of an open loop marks what arrived, and not more than it knows")
    func arrivals() {
        var report = PageFixture.rates([500])
        #expect(page(report).contains("The line marks what was to arrive on average; a bar that ends far before it"))
        report.runs[0].arrived = 1500
        #expect(page(report).contains("The line marks what arrived; a bar"))
        func line() -> String? { page(report).firstMatch(of: /class="pointer" x1="([0-9.]+)"/).map { String($0.1) } }
        let known = line()
        report.runs[0].arrived = 600
        #expect(known != nil && line() != nil && line() != known)
    }

    @Test("no line of latencies runs backwards, though fewer operations ended in the run than arrived")
    func overload() {
        var report = PageFixture.rates([500])
        report.runs[0].operations = 200
        let lines = LatencyFigure(group: ReportedTarget.all(in: report)[0].groups[0]).html?.text ?? ""
        let paths = lines.matches(of: /class="line [^"]*" d="M([^"]*)"/).map { match in
            match.1.split(separator: "L").compactMap { $0.split(separator: " ").first.flatMap { Double($0) } }
        }
        #expect(paths.count == 2 && paths.allSatisfy { $0.count > 3 && $0 == $0.sorted() }, "\(paths)")
    }

    @Test("where an operation keeps its connection, its wait is shown whatever the workload")
    func waits() {
        var report = PageFixture.rates([500])
        report.runs[0].workload = "acquire"
        #expect(!page(report).contains("pool wait"))
        report.runs[0].serviceTime = "20ms"
        #expect(page(report).contains("pool wait"))
    }

    @Test("nobody is called starved where there was too little to do for all")
    func starved() {
        var run = run("a", max: 4, 300)
        (run.clients, run.operations, run.operationsPerClient) = (64, 24, .init(min: 0, max: 2))
        var report = BenchReport(durationSeconds: 3, runs: [run], ratios: [])
        #expect(!page(report).contains("Clients were starved") && page(report).contains("it was chance"))
        report.runs[0].operations = 64 * 20
        #expect(page(report).contains("Clients were starved") && !page(report).contains("it was chance"))
    }

    private func run(_ pool: String, max: Int, _ throughput: Double) -> BenchReport.Run {
        var run = PageFixture.run(
            "sqlite", "sqlite:/data/\(pool).db", "point-select", "default", 16, "pooled", max, throughput)
        run.pool = pool
        return run
    }
}
