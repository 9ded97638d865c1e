/// Whether all clients got their turns.
struct FairnessFigure {
    var group: RunGroup

    private struct Share {
        var run: BenchReport.Run
        var low: Double
        var high: Double
    }

    private func shares(_ setting: RunSetting) -> [Share] {
        if setting.rate != nil || setting.clients < 2 { return [] }
        return setting.modes.compactMap { run in
            let mean = Double(run.operations) / Double(run.clients)
            if mean <= 0 { return nil }
            return Share(
                run: run, low: Double(run.operationsPerClient.min) / mean,
                high: Double(run.operationsPerClient.max) / mean)
        }
    }

    private var few: String {
        let runs = group.settings.filter { !shares($0).isEmpty }.flatMap(\.modes)
        return runs.allSatisfy(\.showsFairness)
            ? "" : ", or, where a client did fewer than \(BenchReport.Run.tellingShare) on average, it was chance"
    }

    var html: HTML? {
        let end = Swift.max(group.settings.flatMap(shares).map(\.high).max() ?? 0, 1.25)
        var table = HTMLTable(
            caption: "Operations of one client, \(group.workload) on \(group.label)",
            columns: [
                .init(title: "executor", isNumber: false), .init(title: "clients"),
                .init(title: "mode", isNumber: false),
                .init(title: "least"), .init(title: "most"), .init(title: "least ÷ mean"), .init(title: "most ÷ mean"),
            ])
        for setting in group.settings {
            for share in shares(setting) {
                table.rows.append([
                    setting.executor, "\(setting.clients)", setting.name(share.run),
                    ReportNumber.grouped(Double(share.run.operationsPerClient.min)),
                    ReportNumber.grouped(Double(share.run.operationsPerClient.max)),
                    ReportNumber.threeDigits(share.low), ReportNumber.threeDigits(share.high),
                ])
            }
        }
        return HTMLFigure(
            id: "\(group.anchor)-fairness", title: "Fairness",
            caption:
                "The operations of the client that did the fewest and of the one that did the most, as parts of their "
                + "mean. Marks close to the mean: all had their turns; far apart: some were starved\(few).",
            rows: group.rows { panel($0, end) },
            details: HTMLDetails(summary: "Operations of each client as a table", tables: [table])
        ).html
    }

    private func panel(_ setting: RunSetting, _ end: Double) -> HTML? {
        let ranges = shares(setting).map { share in
            RangeChart.Range(
                name: setting.name(share.run), look: Look(mode: share.run.mode), low: share.low, high: share.high,
                text: "\(ReportNumber.threeDigits(share.low)) to \(ReportNumber.threeDigits(share.high))")
        }
        if ranges.isEmpty { return nil }
        let figures = ranges.map { "\($0.name) \($0.text)" }.joined(separator: ", ")
        return HTMLFigure.panel(
            setting.title,
            RangeChart(
                message: "Operations of single clients with \(setting.fullTitle), as parts of their mean: \(figures)",
                ranges: ranges, axis: 0...end, reference: 1, texts: ("0", "mean", "")
            ).html)
    }
}

extension BenchReport.Run {
    /// Operations of a client on average, below which chance alone leaves some with none.
    static let tellingShare = 20

    var showsFairness: Bool { clients > 0 && operations / clients >= Self.tellingShare }
}
