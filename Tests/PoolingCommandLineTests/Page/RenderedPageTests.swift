import Foundation
import TestServers
import Testing

@testable import PoolingCommandLine

// One at a time: each starts a browser.
@Suite("The page in a browser", .serialized)
struct RenderedPageTests {
    @Test("what the browser shows of a bench on SQLite are the figures of its JSON")
    func bench() async throws {
        let folder = try TestFolder()
        let (json, html) = (folder.path("bench.json"), folder.path("bench.html"))
        let result = try await Tool.run([
            "bench", "--duration", "1s", "--warmup", "0s", "--clients", "1,4", "--format", "json", "--output", json,
            "--report", html,
        ])
        #expect(result.code == 0 && result.err == "report: \(html)\n", "\(result.err)")
        let report = try JSONDecoder().decode(BenchReport.self, from: Data(contentsOf: URL(fileURLWithPath: json)))
        let page = try String(contentsOfFile: html, encoding: .utf8)
        let probe = try await PageProbe(of: page)
        expectSound(probe)
        expectHeadings(probe, ["Connection pools measured: sqlite", "Summary", "sqlite: point-select"])
        let table = try #require(probe.tables["All runs of point-select on sqlite"])
        #expect(table.count == report.runs.count + 1)
        for (run, cells) in zip(report.runs, table.dropFirst()) {
            let expected = [
                run.executor, "\(run.clients)", run.mode, ReportNumber.grouped(run.throughput),
                ReportNumber.time(microseconds: run.latency.p50), ReportNumber.time(microseconds: run.latency.p99),
            ]
            #expect(Array(cells.prefix(6)) == expected)
        }
        let bars = try #require(probe.figures["t1-w1-throughput"])
        for run in report.runs { #expect(bars.contains("\(ReportNumber.grouped(run.throughput))/s")) }
        let names = try #require(probe.figures["t1-w1-latency"])
        for mode in ["pooled", "dedicated", "unpooled", "pool wait"] {
            // Two executors, two numbers of clients.
            #expect(names.count { $0 == mode } == 4, "\(mode)")
        }
        for caption in ["driver's", "default"] {
            let rows = try #require(probe.tables["Operations per second over time, clients on the \(caption) executor"])
            #expect(rows.count == RunClock.parts + 1)
        }
    }

    @Test(
        "everything that a report can have fits, on a telephone and on a desk, on light and on dark paper",
        arguments: [(360, Browser.Paper.light), (1280, .light), (360, .dark), (1280, .dark)])
    func layout(_ width: Int, _ paper: Browser.Paper) async throws {
        let probe = try await PageProbe(
            of: BenchPage(report: PageFixture.report).text, width: width, in: Browser(paper: paper))
        #expect(probe.width == Double(width) && probe.isDark == (paper == .dark))
        expectSound(probe)
        expectHeadings(
            probe,
            [
                "Summary", "Side by side", "sqlite 1.2 <beta>", "postgres: read-write", "Throughput",
                "Sizes of the pool",
                "Latency", "Pool and waiting over time", "Throughput over time", "Fairness", "Scenarios",
                "Against the earlier report", "How it was measured", "Settings of the pools",
            ])
        #expect(probe.landmarks == ["header", "nav", "main", "footer"])
        #expect(
            probe.tables["The prediction in numbers"]?.last == [
                "0.7", "864", "310 µs", "330 µs", "9.10 ms", "8.20 ms",
            ])
        #expect(probe.tables["The spike in numbers"]?.contains(["connections: at the end", "6"]) == true)
    }

    @Test("rates fit, too")
    func rates() async throws {
        let report = PageFixture.rates([500, 1000, 2000, 5000, 10_000, 20_000])
        let probe = try await PageProbe(of: BenchPage(report: report).text, width: 360)
        expectSound(probe)
        expectHeadings(probe, ["Waits by rate"])
    }

    @Test("printed, every section is there, and every table is open")
    func printed() async throws {
        let folder = try TestFolder()
        let file = folder.path("page.html")
        try BenchPage(report: PageFixture.report).text.write(toFile: file, atomically: true, encoding: .utf8)
        let paper = try await Browser().printed(file, in: folder)
        let words = paper.replacing(/\s+/, with: " ")
        for text in [
            "Summary", "Side by side", "sqlite 1.2 <beta>", "postgres: read-write", "Throughput", "Sizes of the pool",
            "Latency", "Pool and waiting over time", "Fairness", "Scenarios", "Against the earlier report",
            "How it was measured", "All runs of read-write on postgres", "The outage in numbers",
            "The prediction in numbers",
            "refused at once 2 345",
            "Settings of the pools",
        ] {
            #expect(words.contains(text), "\(text)")
        }
    }

    @Test("what is wrong with a page is found")
    func broken() async throws {
        let page = BenchPage(report: PageFixture.report).text
        let wrong =
            page
            .replacing(/role="img" aria-label="Throughput with 1 client on the driver[^"]*"/, with: "role=\"img\"")
            .replacing("<h4>Fairness</h4>", with: "<h6>Fairness</h6>")
            .replacing("<p class=\"meta\">", with: "<p class=\"meta\" style=\"color: #999; min-width: 2000px\">")
            .replacing("<text class=\"value\" x=\"", with: "<text class=\"value\" x=\"9")
            .replacing(/<text class="tick" x="[0-9.]*"/, with: "<text class=\"tick\" x=\"60\"")
            .replacing("tabindex=\"0\"", with: "")
            .replacing("</main>", with: "<img src=\"http://nowhere.invalid/x.png\" alt=\"\"></main>")
        let probe = try await PageProbe(of: wrong)
        #expect(probe.charts.contains(""))
        #expect(probe.scrollWidth > probe.width && !probe.weak.isEmpty)
        #expect(!probe.overflows.isEmpty && !probe.collisions.isEmpty)
        #expect(probe.boxes.contains(false) && probe.requests > 0)
        #expect(Self.jumps(probe.headings) == ["Fairness"])
    }

    /// Headings that skip a level.
    private static func jumps(_ headings: [PageProbe.Heading]) -> [String] {
        var found: [String] = []
        for (before, heading) in zip(headings, headings.dropFirst()) where heading.level > before.level + 1 {
            found.append(heading.text)
        }
        return found.withoutRepetitions
    }

    private func expectSound(_ probe: PageProbe) {
        #expect(probe.scrollWidth <= probe.width && probe.openScrollWidth <= probe.width)
        #expect(probe.requests == 0)
        #expect(!probe.charts.isEmpty && probe.charts.allSatisfy { $0.count > 20 })
        #expect(probe.overflows.isEmpty, "\(probe.overflows.prefix(5))")
        #expect(probe.collisions.isEmpty, "\(probe.collisions.prefix(5))")
        #expect(probe.texts > 100 && probe.weak.isEmpty, "\(Set(probe.weak).prefix(5))")
        #expect(probe.headings.first?.level == 1 && probe.headings.count { $0.level == 1 } == 1)
        #expect(Self.jumps(probe.headings).isEmpty, "\(Self.jumps(probe.headings))")
        #expect(!probe.boxes.isEmpty && probe.boxes.allSatisfy(\.self))
    }

    private func expectHeadings(_ probe: PageProbe, _ texts: [String]) {
        for text in texts { #expect(probe.headings.contains { $0.text == text }, "\(text)") }
    }
}
