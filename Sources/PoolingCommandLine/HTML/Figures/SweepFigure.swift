/// What each size of the pool brings, and what it makes requests wait.
struct SweepFigure {
    var group: RunGroup

    var html: HTML? {
        let settings = group.settings.filter { $0.isSweep && $0.rate == nil }
        let runs = settings.flatMap(\.sweep)
        let waits = runs.map(\.acquire.p99).filter { $0 > 0 }
        if runs.isEmpty { return nil }
        let x = Scale.places(runs.map { Double($0.max) }.withoutRepetitions.sorted(), text: ReportNumber.plain)
        let y = Scale.linear(
            upTo: (runs + settings.compactMap(\.dedicated)).map(\.throughput).max() ?? 0, text: AxisText.perSecond)
        let wait = Scale.logarithmic(from: waits.min() ?? 1, to: waits.max() ?? 1, text: AxisText.time)
        return HTMLFigure(
            id: "\(group.anchor)-sweep", title: "Sizes of the pool",
            caption:
                "Above, operations per second for each max; below, the wait at 99 % on a logarithmic axis. The size to take is the smallest within \(Int(Recommendation.tolerance * 100)) % of the "
                + "highest throughput: what lies beyond costs the server connections and brings next to nothing.",
            rows: group.rows { $0.isSweep && $0.rate == nil ? panel($0, x, y, wait) : nil },
            details: HTMLDetails(summary: "Sizes of the pool as a table", tables: [table(settings)])
        ).html
    }

    private func panel(_ setting: RunSetting, _ x: Scale, _ y: Scale, _ wait: Scale) -> HTML {
        let sweep = setting.sweep
        var lines = [
            LineChart.Line(
                name: "pooled", look: .pooled, points: sweep.map { .init(x: Double($0.max), y: $0.throughput) },
                hasMarks: true)
        ]
        if let dedicated = setting.dedicated {
            let ends = [sweep.first, sweep.last].compactMap(\.self)
            lines.append(
                LineChart.Line(
                    name: "dedicated", look: .dedicated,
                    points: ends.map { .init(x: Double($0.max), y: dedicated.throughput) }))
        }
        let highlight = setting.recommended.map { LineChart.Highlight(x: Double($0.max), text: "take max \($0.max)") }
        let figures = sweep.map { "max \($0.max) \(ReportNumber.grouped($0.throughput))/s" }.joined(separator: ", ")
        let advice = setting.recommended.map { "; max \($0.max) is recommended" } ?? ""
        let waits = sweep.map { "max \($0.max) \(ReportNumber.time(microseconds: $0.acquire.p99))" }
        return HTMLFigure.panel(
            setting.title,
            LineChart(
                message: "Throughput by size of the pool with \(setting.fullTitle): \(figures)\(advice)", x: x,
                xTitle: nil,
                y: y, lines: lines, highlight: highlight, height: 160
            ).html,
            LineChart(
                message: "Wait at 99 % by size of the pool with \(setting.fullTitle): \(waits.joined(separator: ", "))",
                x: x, xTitle: "max", y: wait,
                lines: [
                    LineChart.Line(
                        name: "wait p99", look: .wait,
                        points: sweep.map { .init(x: Double($0.max), y: $0.acquire.p99 > 0 ? $0.acquire.p99 : nil) },
                        hasMarks: true)
                ], height: 150
            ).html)
    }

    private func table(_ settings: [RunSetting]) -> HTMLTable {
        var table = HTMLTable(
            caption: "Sizes of the pool, \(group.workload) on \(group.label)",
            columns: [
                .init(title: "executor", isNumber: false), .init(title: "clients"), .init(title: "max"),
                .init(title: "operations/s"), .init(title: "wait p50"), .init(title: "wait p99"),
                .init(title: "most waiting"), .init(title: "recommended", isNumber: false),
            ])
        for setting in settings {
            for run in setting.sweep {
                table.rows.append([
                    setting.executor, "\(setting.clients)", "\(run.max)", ReportNumber.grouped(run.throughput),
                    ReportNumber.time(microseconds: run.acquire.p50), ReportNumber.time(microseconds: run.acquire.p99),
                    "\(run.peakWaiting)", run.max == setting.recommended?.max ? "take this" : "",
                ])
            }
        }
        return table
    }
}
