/// How waits and latencies grow with the rate at which operations arrive.
struct RatesFigure {
    var group: RunGroup

    var html: HTML? {
        let rates = group.settings.compactMap(\.rate).withoutRepetitions.sorted()
        if rates.count < 2 { return nil }
        let runs = group.settings.flatMap(\.modes)
        let times = runs.flatMap { [$0.latency.p99, $0.acquire.p99, $0.acquire.p50] }.filter { $0 > 0 }
        let x = Scale.places(rates, text: AxisText.perSecond)
        let y = Scale.logarithmic(from: times.min() ?? 1, to: times.max() ?? 1, text: AxisText.time)
        var table = HTMLTable(
            caption: "Rates of \(group.workload) on \(group.label)",
            columns: [
                .init(title: "executor", isNumber: false), .init(title: "max"), .init(title: "arrivals/s"),
                .init(title: "done/s"), .init(title: "wait p50"), .init(title: "wait p99"), .init(title: "latency p99"),
            ])
        for setting in group.settings {
            for run in setting.sweep {
                table.rows.append([
                    setting.executor, "\(run.max)", run.rate.map(ReportNumber.grouped) ?? "–",
                    ReportNumber.grouped(run.throughput), ReportNumber.time(microseconds: run.acquire.p50),
                    ReportNumber.time(microseconds: run.acquire.p99), ReportNumber.time(microseconds: run.latency.p99),
                ])
            }
        }
        return HTMLFigure(
            id: "\(group.anchor)-rates", title: "Waits by rate",
            caption:
                "Each operation is timed from the moment at which it was to arrive, so what is kept waiting before it "
                + "begins counts, too. The time is on a logarithmic axis. Where the lines rise steeply, the pool or its backend is full.",
            rows: group.executors.map { executor in
                let runs = group.settings.filter { $0.executor == executor }.compactMap(\.pooled)
                return HTMLFigure.Row(
                    title: "Clients on \(RunSetting.place(executor))", panels: [panel(runs, executor, x, y)])
            },
            details: HTMLDetails(summary: "Waits by rate as a table", tables: [table])
        ).html
    }

    private func panel(_ runs: [BenchReport.Run], _ executor: String, _ x: Scale, _ y: Scale) -> HTML {
        func line(_ name: String, _ look: Look, _ value: (BenchReport.Run) -> Double) -> LineChart.Line {
            let points = runs.map { LineChart.Point(x: $0.rate ?? 0, y: value($0) > 0 ? value($0) : nil) }
            return LineChart.Line(name: name, look: look, points: points, hasMarks: true)
        }
        let sizes = runs.map(\.max).withoutRepetitions.map { "\($0)" }.joined(separator: ", ")
        let figures = runs.map {
            "\(ReportNumber.grouped($0.rate ?? 0)) a second wait \(ReportNumber.time(microseconds: $0.acquire.p99)) at 99 %"
        }
        return HTMLFigure.panel(
            "pool of max \(sizes)",
            LineChart(
                message:
                    "Waits by rate with a pool of max \(sizes) on \(RunSetting.place(executor)): \(figures.joined(separator: ", "))",
                x: x,
                xTitle: "arrivals a second", y: y,
                lines: [
                    line("latency p99", .pooled) { $0.latency.p99 }, line("wait p99", .wait) { $0.acquire.p99 },
                    line("wait p50", .dedicated) { $0.acquire.p50 },
                ]
            ).html)
    }
}
