/// Latency by percentile, a line for each mode, and the part of it that is waiting for a connection.
struct LatencyFigure {
    var group: RunGroup

    private struct Curve {
        var name: String
        var look: Look
        var percentiles: [Double]
        var values: [Double]
        var operations: Int

        init(name: String, look: Look, _ curves: PercentileCurves, values: [Double], run: BenchReport.Run) {
            (self.name, self.look, self.values) = (name, look, values)
            percentiles = curves.percentiles
            // The count is that of the values: as many as the last percentile before the slowest takes, at least.
            let last = percentiles.last { $0 < 100 } ?? 0
            operations = Swift.max(curves.count ?? run.operations, ReportNumber.whole(1 / (1 - last / 100)))
        }
    }

    /// Where an operation is nothing but its wait, one line says it.
    private var hasWaits: Bool {
        let isWait = group.workload == Workload.acquire.rawValue || group.workload == Workload.connect.rawValue
        return !isWait || group.runs.contains { $0.serviceTime != nil }
    }

    private func curves(_ setting: RunSetting) -> [Curve] {
        var curves = setting.modes.compactMap { run in
            run.curves.map {
                Curve(name: setting.name(run), look: Look(mode: run.mode), $0, values: $0.latency, run: run)
            }
        }
        if hasWaits, let pooled = setting.pooled, let found = pooled.curves {
            curves.append(Curve(name: "pool wait", look: .wait, found, values: found.acquire, run: pooled))
        }
        return curves.filter { $0.percentiles.count == $0.values.count }
    }

    var html: HTML? {
        let all = group.settings.flatMap(curves)
        let values = all.flatMap(\.values).filter { $0 > 0 }
        guard let least = values.min(), let most = values.max() else { return nil }
        let x = Scale.percentiles(ofCount: all.map(\.operations).max() ?? 0)
        let y = Scale.logarithmic(from: Swift.max(least, 0.01), to: most, text: AxisText.time)
        let pooled = hasWaits ? "; “pool wait” is the part of a pooled operation before it had its connection" : ""
        return HTMLFigure(
            id: "\(group.anchor)-latency", title: "Latency",
            caption:
                "How long operations took, from the quickest to the slowest: at 99, one of a hundred took longer. Lower "
                + "is better; the time is on a logarithmic axis\(pooled).",
            rows: group.rows { panel($0, x, y) },
            details: HTMLDetails(summary: "Latency by percentile as tables", tables: tables)
        ).html
    }

    private func panel(_ setting: RunSetting, _ x: Scale, _ y: Scale) -> HTML? {
        let curves = curves(setting)
        if curves.isEmpty { return nil }
        let lines = curves.map { curve in
            let last = Double(Swift.max(curve.operations, 100))
            let points = zip(curve.percentiles, curve.values).map { percentile, value in
                // The slowest stands where a hundred per cent would be if there were one operation more.
                LineChart.Point(
                    x: percentile == 100 ? 100 * (1 - 1 / last) : percentile, y: value > 0 ? value : nil)
            }
            return LineChart.Line(name: curve.name, look: curve.look, points: points)
        }
        let figures = curves.map { curve in
            "\(curve.name) \(Self.text(curve, 50)) at the median, \(Self.text(curve, 99)) at 99 %"
        }
        let message = "Latency with \(setting.fullTitle): \(figures.joined(separator: "; "))"
        return HTMLFigure.panel(
            setting.title, LineChart(message: message, x: x, xTitle: "percentile", y: y, lines: lines).html)
    }

    private static func text(_ curve: Curve, _ percentile: Double) -> String {
        // Where there were too few, the last one before it.
        guard let index = curve.percentiles.lastIndex(where: { $0 <= percentile }) else { return "unknown" }
        return ReportNumber.time(microseconds: curve.values[index])
    }

    private var tables: [HTMLTable] {
        group.executors.map { executor in
            var columns: [HTMLTable.Column] = [.init(title: "percentile")]
            var lists: [[Double: Double]] = []
            for setting in group.settings where setting.executor == executor {
                for curve in curves(setting) {
                    columns.append(.init(title: "\(setting.title), \(curve.name)"))
                    lists.append(Dictionary(zip(curve.percentiles, curve.values)) { first, _ in first })
                }
            }
            let percentiles = Set(lists.flatMap(\.keys)).sorted()
            return HTMLTable(
                caption: "Latency by percentile, clients on \(RunSetting.place(executor))", columns: columns,
                rows: percentiles.map { percentile in
                    [Scale.percentileText(percentile)]
                        + lists.map { $0[percentile].map { ReportNumber.time(microseconds: $0) } ?? "–" }
                })
        }
    }
}
