/// Whether a run went on as it began.
struct ThroughputOverTimeFigure {
    var group: RunGroup

    var html: HTML? {
        let series = group.settings.flatMap(\.modes).compactMap(\.series)
        guard let length = series.map(\.length).max(), let part = series.first?.part else { return nil }
        let x = Scale.time(upTo: length)
        let y = Scale.linear(upTo: series.flatMap(\.throughput).max() ?? 0, text: AxisText.perSecond)
        let columns = group.settings.flatMap { setting in
            setting.modes.compactMap { run in
                run.series.map {
                    TimeTable.Column(
                        executor: setting.executor, title: "\(setting.title), \(setting.name(run))",
                        values: $0.throughput.map(ReportNumber.grouped))
                }
            }
        }
        return HTMLFigure(
            id: "\(group.anchor)-over-time", title: "Throughput over time",
            caption: "Operations per second while the run went on. A level line means that the figures above can be "
                + "trusted; a dip is something that held up all clients.",
            rows: group.rows { panel($0, x, y) },
            details: HTMLDetails(
                summary: "Throughput over time as tables",
                tables: TimeTable(caption: "Operations per second over time", part: part, columns: columns).tables)
        ).html
    }

    private func panel(_ setting: RunSetting, _ x: Scale, _ y: Scale) -> HTML? {
        let lines = setting.modes.compactMap { run in
            run.series.map {
                LineChart.Line(
                    name: setting.name(run), look: Look(mode: run.mode), points: $0.points($0.throughput.map { $0 }))
            }
        }
        if lines.isEmpty { return nil }
        let figures = setting.modes.compactMap { run -> String? in
            guard let values = run.series?.throughput, let least = values.min(), let most = values.max() else {
                return nil
            }
            return "\(setting.name(run)) from \(ReportNumber.grouped(least)) to \(ReportNumber.grouped(most))"
        }
        let message =
            "Operations per second over time with \(setting.fullTitle): \(figures.joined(separator: ", "))"
        return HTMLFigure.panel(
            setting.title, LineChart(message: message, x: x, xTitle: "time", y: y, lines: lines, height: 160).html)
    }
}
