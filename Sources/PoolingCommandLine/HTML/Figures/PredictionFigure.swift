/// What the simulator foretold beside what was measured.
struct PredictionFigure {
    var prediction: PredictionReport
    var number: Int

    var html: HTML? {
        let times = prediction.loads.flatMap { [$0.p50.predicted, $0.p50.measured, $0.p99.predicted, $0.p99.measured] }
        let longest = times.max() ?? 0
        var table = HTMLTable(
            caption: "The prediction in numbers",
            columns: [
                "load", "arrivals/s", "wait p50 foretold", "p50 measured", "wait p99 foretold", "p99 measured",
            ].map { .init(title: $0) })
        table.rows = prediction.loads.map { load in
            [ReportNumber.plain(load.load), ReportNumber.grouped(load.rate)]
                + [load.p50.predicted, load.p50.measured, load.p99.predicted, load.p99.measured]
                .map(ScenarioBars.time)
        }
        let rounds = prediction.rounds == 1 ? "one round" : "medians of \(prediction.rounds) rounds"
        return HTMLFigure(
            id: "prediction-\(number)", title: "\(prediction.label): waits foretold and measured",
            caption: "What 'pooling simulate' foretells for this pool, beside what requests waited that arrived by "
                + "themselves. At \(prediction.url), \(prediction.workload) on \(RunSetting.place(prediction.executor)), pool of "
                + "min \(prediction.min), max \(prediction.max); each operation keeps its connection for "
                + "\(prediction.serviceTime) more; \(rounds). Load is a share of the "
                + "\(ReportNumber.grouped(prediction.saturation)) operations a second that the pool can do at most.",
            rows: [HTMLFigure.Row(title: "", panels: prediction.loads.map { panel($0, longest) })],
            details: HTMLDetails(summary: "The prediction as a table", tables: [table]), level: 3
        ).html
    }

    private func panel(_ load: PredictionReport.Load, _ longest: Double) -> HTML {
        let bars = [
            ("p50 foretold", load.p50.predicted, Look.dedicated), ("p50 measured", load.p50.measured, .pooled),
            ("p99 foretold", load.p99.predicted, .dedicated), ("p99 measured", load.p99.measured, .pooled),
        ].map { BarChart.Bar(name: $0.0, look: $0.2, value: $0.1, text: ScenarioBars.time($0.1)) }
        let figures = bars.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        let title = "load \(ReportNumber.plain(load.load)), \(ReportNumber.grouped(load.rate)) arrivals a second"
        return HTMLFigure.panel(
            title, BarChart(message: "Waits at \(title): \(figures)", bars: bars, longest: longest).html)
    }
}
