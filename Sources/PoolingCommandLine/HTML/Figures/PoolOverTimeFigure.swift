/// How large the pool was, how much of it was lent, and who waited, while the run went on.
struct PoolOverTimeFigure {
    var group: RunGroup

    private struct Number {
        var look: Look
        var values: @Sendable (RunSeries) -> [Double?]?
    }

    private static let numbers = [
        Number(look: .open) { $0.open }, Number(look: .leased) { $0.leased }, Number(look: .waiting) { $0.waiting },
    ]

    private func series(_ setting: RunSetting) -> RunSeries? {
        setting.pooled?.series.flatMap { $0.open == nil ? nil : $0 }
    }

    var html: HTML? {
        let all = group.settings.compactMap(series)
        guard let length = all.map(\.length).max(), let part = all.first?.part else { return nil }
        let counts = all.flatMap { series in Self.numbers.flatMap { $0.values(series) ?? [] } }.compactMap(\.self)
        let x = Scale.time(upTo: length)
        let y = Scale.counts(upTo: counts.max() ?? 0)
        let wait = Scale.linear(upTo: all.flatMap(\.wait).compactMap(\.self).max() ?? 0, text: AxisText.time)
        return HTMLFigure(
            id: "\(group.anchor)-pool", title: "Pool and waiting over time",
            caption:
                "Above, the connections that were open and lent, and how many clients waited for one, on average of "
                + "each moment; below, the mean wait. Waiting while all open connections are leased is a pool that is too "
                + "small, or a backend that is too slow for more.",
            rows: group.rows { panel($0, x, y, wait) },
            details: HTMLDetails(
                summary: "Pool and waiting over time as tables",
                tables: TimeTable(caption: "Connections, waiting clients and mean wait", part: part, columns: columns)
                    .tables)
        ).html
    }

    private var columns: [TimeTable.Column] {
        group.settings.flatMap { setting -> [TimeTable.Column] in
            guard let series = series(setting) else { return [] }
            func column(_ name: String, _ values: [String]) -> TimeTable.Column {
                TimeTable.Column(executor: setting.executor, title: "\(setting.title), \(name)", values: values)
            }
            let counts = Self.numbers.map { number in
                column(
                    number.look.rawValue, (number.values(series) ?? []).map { $0.map(ReportNumber.plain) ?? "–" })
            }
            return counts + [
                column("mean wait", series.wait.map { $0.map { ReportNumber.time(microseconds: $0) } ?? "–" })
            ]
        }
    }

    private func panel(_ setting: RunSetting, _ x: Scale, _ y: Scale, _ wait: Scale) -> HTML? {
        guard let run = setting.pooled, let series = series(setting) else { return nil }
        let lines = Self.numbers.compactMap { number in
            number.values(series).map {
                LineChart.Line(name: number.look.rawValue, look: number.look, points: series.points($0))
            }
        }
        let message =
            "Pool of max \(run.max) with \(setting.fullTitle): at most \(run.peakConnections) connections open and "
            + "\(run.peakWaiting) clients waiting"
        let waits = series.wait.compactMap(\.self)
        let waitMessage =
            "Mean wait over time with \(setting.fullTitle): from \(ReportNumber.time(microseconds: waits.min() ?? 0)) to "
            + ReportNumber.time(microseconds: waits.max() ?? 0)
        return HTMLFigure.panel(
            "\(setting.title), max \(run.max)",
            LineChart(message: message, x: x, xTitle: nil, y: y, lines: lines, height: 130).html,
            LineChart(
                message: waitMessage, x: x, xTitle: "time", y: wait,
                lines: [LineChart.Line(name: "mean wait", look: .wait, points: series.points(series.wait))], height: 110
            ).html)
    }
}
