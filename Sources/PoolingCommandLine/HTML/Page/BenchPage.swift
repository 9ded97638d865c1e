/// A report of `pooling bench` as one file that needs nothing else: no network, no script.
struct BenchPage {
    var report: BenchReport

    var text: String { html.text }

    private struct Section {
        var anchor: String
        var title: String
        var parts: [(anchor: String, title: String)] = []
        var html: HTML
    }

    private var html: HTML {
        let targets = ReportedTarget.all(in: report)
        let sections = sections(targets)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title(targets))</title>
            <style>
            \(Stylesheet.text)
            </style>
            </head>
            <body>
            <a class="skip" href="#content">To the figures</a>
            <header>
            <h1>\(title(targets))</h1>
            \(head)</header>
            \(contents(sections))<main id="content">
            \(sections.map(\.html))</main>
            <footer><p>Made by <code>pooling bench</code>. All figures are in its JSON, too: <code>--format json</code>.</p></footer>
            </body>
            </html>

            """
    }

    private func title(_ targets: [ReportedTarget]) -> String {
        let drivers =
            targets.map(\.driver) + (report.spikes ?? []).map(\.driver) + (report.outages ?? []).map(\.driver)
            + (report.predictions ?? []).map(\.driver)
        return "Connection pools measured: \(drivers.withoutRepetitions.joined(separator: ", "))"
    }

    private var head: HTML {
        guard let found = report.circumstances else { return "" }
        let warning: HTML =
            found.isDebug
            ? "<p class=\"warning\"><strong>Debug build.</strong> These figures mean little: <code>make bench</code> builds in release mode.</p>\n"
            : ""
        let moment = found.began.replacing("T", with: " ").replacing("Z", with: " UTC")
        return "<p class=\"meta\">\(moment); \(found.processor), \(found.cores) cores, \(found.system)</p>\n\(warning)"
    }

    private func sections(_ targets: [ReportedTarget]) -> [Section] {
        var sections = [
            Section(
                anchor: "summary", title: "Summary", html: SummarySection(report: report, targets: targets).html)
        ]
        sections += targets.enumerated().map { index, target in
            let section = TargetSection(target: target, anchor: "t\(index + 1)", seconds: report.durationSeconds)
            return Section(
                anchor: section.anchor, title: section.title,
                parts: target.groups.map { ($0.anchor, $0.workload) }, html: section.html)
        }
        if let html = ScenarioSection(
            spikes: report.spikes ?? [], outages: report.outages ?? [], predictions: report.predictions ?? []
        ).html {
            sections.append(Section(anchor: "scenarios", title: "Scenarios", html: html))
        }
        if let html = ChangesSection(changes: report.changes).html {
            sections.append(Section(anchor: "changes", title: "Against the earlier report", html: html))
        }
        sections.append(
            Section(anchor: "measured", title: "How it was measured", html: MeasuredSection(report: report).html))
        return sections
    }

    /// One of one workload needs no list of what is in it.
    private func contents(_ sections: [Section]) -> HTML {
        if sections.count <= 3, sections.allSatisfy({ $0.parts.count < 2 }) { return "" }
        let items = sections.map { section -> HTML in
            let parts: HTML =
                section.parts.count < 2
                ? ""
                : "<ul>\(section.parts.map { "<li><a href=\"#\($0.anchor)\">\($0.title)</a></li>" as HTML })</ul>"
            return "<li><a href=\"#\(section.anchor)\">\(section.title)</a>\(parts)</li>\n"
        }
        return "<nav aria-label=\"Contents\"><ul>\n\(items)</ul></nav>\n"
    }
}
