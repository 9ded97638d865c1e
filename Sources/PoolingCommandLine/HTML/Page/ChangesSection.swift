/// What has changed since an earlier report, and how sure that is.
struct ChangesSection {
    var changes: [Change]?

    var html: HTML? {
        guard let changes else { return nil }
        let body: HTML =
            changes.isEmpty
            ? "<p>The earlier report has no run with the same settings.</p>\n" : figure(changes).html ?? ""
        return """
            <section id="changes" class="target" aria-labelledby="changes-title">
            <h2 id="changes-title">Against the earlier report</h2>
            \(body)</section>

            """
    }

    private struct Key: Hashable {
        var label: String
        var workload: String
        var executor: String
        var load: String

        init(_ change: Change, _ labels: ChangeLabels) {
            (label, workload, executor) = (labels.label(change), change.workload, change.executor)
            load =
                change.rate.map { "\(ReportNumber.grouped($0)) arrivals a second" }
                ?? (change.clients == 1 ? "1 client" : "\(change.clients) clients")
        }

        var row: String { "\(label), \(workload), clients on \(RunSetting.place(executor))" }
    }

    private func figure(_ changes: [Change]) -> HTMLFigure {
        let edges = changes.flatMap { [$0.change, $0.low ?? $0.change, $0.high ?? $0.change] }
        let reach = Scale.niceStep(atLeast: max(edges.map(abs).max() ?? 0, 0.05))
        let labels = ChangeLabels(changes)
        let keyed = changes.map { (key: Key($0, labels), change: $0) }
        let keys = keyed.map(\.key).withoutRepetitions
        let rows = keys.map(\.row).withoutRepetitions.map { title in
            HTMLFigure.Row(
                title: title,
                panels: keys.filter { $0.row == title }.map { key in
                    panel(key, keyed.filter { $0.key == key }.map(\.change), reach)
                })
        }
        return HTMLFigure(
            id: "changes-figure", title: "Change of throughput",
            caption:
                "The mark is what was measured, the line is where the change lies with 95 % probability. A line that "
                + "crosses the one in the middle: no difference can be told.",
            rows: rows, details: HTMLDetails(summary: "Changes as a table", tables: [table(keyed, labels)]), level: 3)
    }

    private func panel(_ key: Key, _ changes: [Change], _ reach: Double) -> HTML {
        let isSweep = changes.filter { $0.mode == ConnectionMode.pooled.rawValue }.count > 1
        let ranges = changes.map { change in
            RangeChart.Range(
                name: isSweep && change.mode == ConnectionMode.pooled.rawValue
                    ? "pooled (\(change.max))" : change.mode,
                look: Look(mode: change.mode), low: change.low ?? change.change, high: change.high ?? change.change,
                middle: change.change, text: ChangesText.percent(change.change))
        }
        let figures = changes.map { change in
            "\(change.mode) \(ChangesText.percent(change.change))"
                + (change.isCertain ? "" : ", no difference that can be told")
        }
        return HTMLFigure.panel(
            key.load,
            RangeChart(
                message: "Change of throughput, \(key.row), \(key.load): \(figures.joined(separator: "; "))",
                ranges: ranges, axis: -reach...reach, reference: 0,
                texts: (ChangesText.percent(-reach), "0", ChangesText.percent(reach))
            ).html)
    }

    private func table(_ keyed: [(key: Key, change: Change)], _ labels: ChangeLabels) -> HTMLTable {
        var table = HTMLTable(
            caption: "Operations per second, before and now",
            columns: [
                .init(title: labels.title, isNumber: false), .init(title: "workload", isNumber: false),
                .init(title: "mode", isNumber: false), .init(title: "executor", isNumber: false),
                .init(title: "load", isNumber: false), .init(title: "max"), .init(title: "before"), .init(title: "now"),
                .init(title: "change"), .init(title: "95 % sure of", isNumber: false),
            ])
        for (key, change) in keyed {
            let range = change.low.flatMap { low in
                change.high.map { "\(ChangesText.percent(low)) to \(ChangesText.percent($0))" }
            }
            table.rows.append([
                key.label, change.workload, change.mode, change.executor, key.load,
                change.mode == ConnectionMode.pooled.rawValue ? "\(change.max)" : "–",
                ReportNumber.grouped(change.before),
                ReportNumber.grouped(change.now), ChangesText.percent(change.change),
                (range ?? "unknown") + (change.isCertain || range == nil ? "" : ": no difference can be told"),
            ])
        }
        return table
    }
}
