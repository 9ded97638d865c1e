/// What a pool did while its backend was away, and after that.
struct OutageFigure {
    var outage: OutageReport
    var number: Int

    var html: HTML? {
        let times = [
            ("first success", outage.recovery ?? 0, outage.recovery.map(ScenarioBars.time) ?? "never"),
            ("back-off step", outage.backoffStep, ScenarioBars.time(outage.backoffStep)),
            ("beyond timeout", max(outage.latest, 0), ScenarioBars.time(max(outage.latest, 0))),
            ("acquire timeout", outage.acquireTimeout, ScenarioBars.time(outage.acquireTimeout)),
        ]
        let counts = [
            ("lost", outage.lost), ("timed out", outage.timedOut), ("refused at once", outage.refusedAtOnce),
        ]
        var table = HTMLTable(
            caption: "The outage in numbers", columns: [.init(title: "what", isNumber: false), .init(title: "value")])
        table.rows = times.map { [$0.0, $0.2] } + counts.map { [$0.0, ReportNumber.grouped(Double($0.1))] }
        let kind =
            outage.kind == OutageKind.cut.rawValue
            ? "every connection was reset, new ones too" : "nothing came through, and nobody was told"
        return HTMLFigure(
            id: "outage-\(number)", title: "\(outage.label): outage (\(outage.kind))",
            caption: "For \(ScenarioBars.time(outage.length)) \(kind), at \(outage.url); \(outage.clients) clients "
                + "(\(outage.workload)) on a pool of min \(outage.min), max \(outage.max). Acquires should fail at their "
                + "timeout or at once, and the first success should come within a step of the back-off.",
            rows: [
                HTMLFigure.Row(
                    title: "",
                    panels: [
                        ScenarioBars.panel("Times", times, .wait),
                        ScenarioBars.panel(
                            "Operations that failed",
                            counts.map { ($0.0, Double($0.1), ReportNumber.grouped(Double($0.1))) }, .unpooled),
                    ])
            ], details: HTMLDetails(summary: "The outage as a table", tables: [table]), level: 3
        ).html
    }
}
