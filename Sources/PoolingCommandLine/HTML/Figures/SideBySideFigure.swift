/// Several targets on the same work.
struct SideBySideFigure {
    var targets: [ReportedTarget]
    var workload: String
    var number: Int

    var html: HTML? {
        if targets.count < 2 { return nil }
        let groups = targets.map { target in (target, target.groups.first { $0.workload == workload }) }
        let settings = groups.compactMap { $0.1 }.flatMap(\.settings)
        let longest = settings.compactMap(\.pooled?.throughput).max() ?? 0
        struct Key: Hashable {
            var executor: String
            var clients: Int
            var rate: Double?
        }
        func key(_ setting: RunSetting) -> Key {
            Key(executor: setting.executor, clients: setting.clients, rate: setting.rate)
        }
        let keys = settings.map(key).withoutRepetitions
        let rows = keys.map(\.executor).withoutRepetitions.map { executor in
            HTMLFigure.Row(
                title: "Clients on \(RunSetting.place(executor))",
                panels: keys.filter { $0.executor == executor }.compactMap { wanted in
                    let found = groups.compactMap { target, group in
                        group?.settings.first { key($0) == wanted }.map { (target, $0) }
                    }
                    return panel(found, longest)
                })
        }
        var table = HTMLTable(
            caption: "Pooled operations per second, \(workload)",
            columns: [.init(title: "executor", isNumber: false), .init(title: "load")]
                + targets.map { .init(title: $0.label) })
        for wanted in keys {
            let cells = groups.map { _, group in
                group?.settings.first { key($0) == wanted }?.pooled
                    .map { "\(ReportNumber.grouped($0.throughput)) (max \($0.max))" } ?? "–"
            }
            let load = wanted.rate.map { "\(ReportNumber.grouped($0))/s" } ?? "\(wanted.clients)"
            table.rows.append([wanted.executor, load] + cells)
        }
        return HTMLFigure(
            id: "side-by-side-\(number)", title: "\(workload), pooled",
            caption:
                "The same operations through the pool of each target, per second, with its size behind its name; longer "
                + "is better.",
            rows: rows, details: HTMLDetails(summary: "Side by side as a table", tables: [table])
        ).html
    }

    private func panel(_ found: [(ReportedTarget, RunSetting)], _ longest: Double) -> HTML? {
        let bars = found.compactMap { target, setting in
            setting.pooled.map {
                BarChart.Bar(
                    name: "\(target.label), max \($0.max)", look: .pooled, value: $0.throughput,
                    text: "\(ReportNumber.grouped($0.throughput))/s")
            }
        }
        guard let setting = found.first?.1, !bars.isEmpty else { return nil }
        let figures = bars.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        return HTMLFigure.panel(
            setting.title,
            BarChart(
                message: "\(workload), pooled, with \(setting.fullTitle): \(figures)", bars: bars, longest: longest
            )
            .html)
    }
}
