/// Operations per second of each mode, side by side.
struct ThroughputFigure {
    var group: RunGroup
    /// How long each run was measured.
    var seconds: Double

    var html: HTML? {
        let longest = group.settings.flatMap(\.modes).map { max($0.throughput, arrivals($0) ?? 0) }.max() ?? 0
        return HTMLFigure(
            id: "\(group.anchor)-throughput", title: "Throughput", caption: caption,
            rows: group.rows { setting in panel(setting, longest) },
            details: HTMLDetails(summary: "Throughput, latency and waits as a table", tables: [table])
        ).html
    }

    private var isOpen: Bool { group.runs.contains { $0.rate != nil } }

    /// A second. In earlier reports as many as were to come on average, which chance may have missed.
    private func arrivals(_ run: BenchReport.Run) -> Double? {
        guard let arrived = run.arrived else { return run.rate }
        let arrivals = Double(arrived) / seconds
        return arrivals.isFinite ? arrivals : run.rate
    }

    private var caption: String {
        if isOpen {
            let line =
                group.runs.contains { $0.rate != nil && $0.arrived == nil }
                ? "what was to arrive on average; a bar that ends far before it"
                : "what arrived; a bar that ends well before it"
            return "Operations done per second. The line marks \(line) could not keep up."
        }
        let dedicated =
            "In dedicated mode each client owns a connection: what pooled lacks against it is the pool's cost."
        return "Operations done per second; longer is better."
            + (group.settings.contains { $0.dedicated != nil } ? " \(dedicated)" : "")
    }

    private func panel(_ setting: RunSetting, _ longest: Double) -> HTML? {
        let bars = setting.modes.map { run in
            BarChart.Bar(
                name: setting.name(run), look: Look(mode: run.mode), value: run.throughput,
                text: "\(ReportNumber.grouped(run.throughput))/s" + (run.errors > 0 ? ", errors" : ""),
                target: arrivals(run))
        }
        let figures = bars.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        let comparison = setting.comparison
        let message =
            "Throughput with \(setting.fullTitle): \(figures)" + (comparison.isEmpty ? "" : "; pooled is \(comparison)")
        let chart = BarChart(message: message, bars: bars, longest: longest).html
        return HTMLFigure.panel(comparison.isEmpty ? setting.title : "\(setting.title): \(comparison)", chart)
    }

    /// Of all runs, each size of a sweep included.
    private var table: HTMLTable {
        let isSweep = group.settings.contains(where: \.isSweep)
        var columns: [HTMLTable.Column] = [
            .init(title: "executor", isNumber: false), .init(title: isOpen ? "arrivals/s" : "clients"),
            .init(title: "mode", isNumber: false),
        ]
        if isSweep { columns.append(.init(title: "max")) }
        columns += [
            "operations/s", "p50", "p99", "wait p50", "wait p99", "connects", "most open", "most waiting", "errors",
        ].map { .init(title: $0) }
        let hasDropped = group.runs.contains { $0.dropped ?? 0 > 0 }
        if hasDropped { columns.append(.init(title: "not begun")) }
        var table = HTMLTable(caption: "All runs of \(group.workload) on \(group.label)", columns: columns)
        for setting in group.settings {
            for run in setting.runs {
                var cells = [run.executor, run.rate.map(ReportNumber.grouped) ?? "\(run.clients)", run.mode]
                if isSweep { cells.append(run.mode == ConnectionMode.pooled.rawValue ? "\(run.max)" : "–") }
                cells.append(ReportNumber.grouped(run.throughput))
                cells += [run.latency.p50, run.latency.p99, run.acquire.p50, run.acquire.p99]
                    .map { ReportNumber.time(microseconds: $0) }
                cells += [run.connects, run.peakConnections, run.peakWaiting, run.errors]
                    .map { ReportNumber.grouped(Double($0)) }
                if hasDropped { cells.append(ReportNumber.grouped(Double(run.dropped ?? 0))) }
                table.rows.append(cells)
            }
        }
        return table
    }
}
