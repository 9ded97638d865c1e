import Foundation
import Testing

@testable import PoolingCommandLine

@Suite("The page of a report")
struct BenchPageTests {
    private let page = BenchPage(report: PageFixture.report).text

    @Test("text can't become markup, in text and in attributes")
    func escaping() {
        let outside = "<b> & \"x\" 'y'"
        let piece: HTML = "<p title=\"\(outside)\">\(outside)</p>"
        let escaped = "&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39;"
        #expect(piece.text == "<p title=\"\(escaped)\">\(escaped)</p>")
        #expect(("<i>\(piece)</i>" as HTML).text == "<i>\(piece.text)</i>")
        #expect(("\(1.25) \(2.0) \(Double.nan) \(7)" as HTML).text == "1.3 2 0 7")
    }

    @Test("what comes from outside is shown as it is, and is no markup")
    func hostile() {
        #expect(!page.contains("<script") && !page.contains("<beta>") && !page.contains("<b>no</b>"))
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;?a=&quot;b&quot;&amp;c=d"))
        #expect(page.contains("<span>--url</span> <span>&#39;a&lt;b&gt;&amp;c&#39;</span>"))
    }

    @Test("the page needs nothing from anywhere")
    func alone() {
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        for match in page.matches(of: /\b(?:href|src|url|action|data)\s*[=(]\s*"?([^"\s)]*)/) {
            #expect(match.1.hasPrefix("#"), "\(match.0)")
        }
        for word in ["http:", "https:", "@import", "<link", "<iframe", "<img", "<object", "<embed", "url("] {
            #expect(!page.contains(word), "\(word)")
        }
    }

    @Test("every link leads to a place of the page, and no identifier is there twice")
    func links() {
        let identifiers = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
        #expect(Set(identifiers).count == identifiers.count)
        let links = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
        #expect(links.count > 10)
        for link in links { #expect(identifiers.contains(link), "\(link)") }
    }

    @Test("errors, the debug build and recommendations are told in words")
    func words() {
        for words in [
            "<strong>Errors.</strong> 7 operations failed; the first: &lt;b&gt;no&lt;/b&gt;.",
            "7 operations failed, in 1 of 80 runs", "<strong>Debug build.</strong>",
            "16 clients on the driver&#39;s executor: take max 4: it has 97 % of the highest throughput",
            "pooled is 37.0 times as fast as unpooled, and at 93 % of dedicated",
            "of 5 runs 5 are faster and 0 slower", "6 of 50 connections were open at the end",
            "a wait of 8.20 ms at 99 % was measured, and 9.10 ms foretold",
            "each operation keeps its connection for exponential:2ms more",
            "the first operation was done 180 ms after the backend was back",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test("each part that a report has is a section with its figures, and no other is there")
    func sections() {
        for anchor in [
            "summary", "side-by-side-1", "side-by-side-2", "t1-w1-throughput", "t1-w1-sweep", "t1-w1-latency",
            "t1-w1-pool",
            "t1-w1-over-time", "t1-w1-fairness", "t2-w2-throughput", "t2-w2-fairness", "spike-1", "outage-1",
            "prediction-1",
            "changes-figure", "measured",
        ] {
            #expect(page.contains("id=\"\(anchor)\""), "\(anchor)")
        }
        let rates = BenchPage(report: PageFixture.rates([500, 1000])).text
        #expect(rates.contains("id=\"t1-w1-rates\"") && rates.contains("980/s") && rates.contains("not begun"))
        for anchor in ["t1-w1-sweep", "t1-w1-fairness", "scenarios", "changes", "side-by-side-1"] {
            #expect(!rates.contains("id=\"\(anchor)\""), "\(anchor)")
        }
        #expect(!rates.contains("<nav") && page.contains("<nav aria-label=\"Contents\">"))
    }

    @Test("a report without runs, and one that an earlier version made, are pages, too")
    func less() throws {
        let empty = BenchPage(report: BenchReport(durationSeconds: 1, runs: [], ratios: [])).text
        #expect(empty.contains("<h2 id=\"measured-title\">") && !empty.contains("<figure"))
        var old = PageFixture.report
        old.circumstances = nil
        for index in old.runs.indices {
            old.runs[index].series = nil
            old.runs[index].curves = nil
            old.runs[index].settings = nil
        }
        let text = try ReportJSON.text(old)
        let decoded = try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8))
        let page = BenchPage(report: decoded).text
        #expect(page.contains("id=\"t1-w1-throughput\"") && !page.contains("id=\"t1-w1-latency\""))
        #expect(page.contains("made by an earlier version"))
    }

    @Test(
        "a report that somebody has written ends no page, whatever its numbers",
        arguments: [1e300, -1e300, 1e-300, Double.leastNonzeroMagnitude, -1, 9_223_372_036.9, 1e19])
    func numbers(_ number: Double) {
        var report = PageFixture.report
        let distribution = BenchReport.Distribution(
            mean: number, p50: number, p95: number, p99: number, p999: number, max: number)
        for index in report.runs.indices where index % 3 == 0 {
            report.runs[index].throughput = number
            report.runs[index].latency = distribution
            report.runs[index].acquire = distribution
            report.runs[index].errors = .max
            report.runs[index].operationsPerClient = .init(min: .min, max: .max)
            report.runs[index].curves?.latency = index % 2 == 0 ? [number] : [1, 2]
            report.runs[index].curves?.acquire = [1, number]
            report.runs[index].curves?.percentiles = [50, number]
            report.runs[index].series?.throughput = [number, number]
            report.runs[index].series?.part = number
            report.runs[index].series?.open = [number]
        }
        report.durationSeconds = number
        report.changes = report.changes?.map { change in
            var change = change
            (change.change, change.low, change.high) = (number, -number, number)
            return change
        }
        #expect(BenchPage(report: report).text.contains("id=\"t1-w1-throughput\""))
        // Where all are as small, no other hides it.
        for index in report.runs.indices {
            report.runs[index].throughput = number
            report.runs[index].rate = number
            report.runs[index].series?.throughput = [number]
            report.runs[index].series?.part = number
            report.runs[index].curves?.percentiles = [number, number]
            report.runs[index].curves?.latency = [number, number]
        }
        #expect(BenchPage(report: report).text.contains("id=\"t1-w1-throughput\""))
        #expect(!BenchText(report: report).text.isEmpty)
    }

    @Test("an earlier report without the URLs of runs, ratios and recommendations is read")
    func withoutURLs() throws {
        var report = PageFixture.report
        (report.spikes, report.outages, report.predictions) = (nil, nil, nil)
        let text = try ReportJSON.text(report)
        #expect(try JSONDecoder().decode(BenchReport.self, from: Data(text.utf8)) == report)
        let without = text.replacing(/"url" : "[^\n]*",?\n/, with: "")
        #expect(without.count < text.count && !without.contains("\"url\""))
        let decoded = try JSONDecoder().decode(BenchReport.self, from: Data(without.utf8))
        #expect(decoded.runs.count == report.runs.count && decoded.runs.allSatisfy { $0.url.isEmpty })
        #expect(decoded.ratios.count == report.ratios.count && decoded.recommendations?.first?.url == "")
        #expect(BenchPage(report: decoded).text.contains("id=\"t1-w1-throughput\""))
    }

    @Test("a run that did nothing, and one without clients, end no page")
    func zeros() {
        var report = PageFixture.report
        for index in report.runs.indices {
            report.runs[index].operations = 0
            report.runs[index].throughput = 0
            report.runs[index].clients = 0
            report.runs[index].latency = .init()
            report.runs[index].acquire = .init()
            report.runs[index].curves = nil
            report.runs[index].series?.throughput = []
            report.runs[index].series?.wait = []
        }
        #expect(BenchPage(report: report).text.contains("id=\"t1-w1-throughput\""))
    }
}
