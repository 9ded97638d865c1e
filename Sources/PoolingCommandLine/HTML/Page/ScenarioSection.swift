/// Stories that were played: a spike, an outage.
struct ScenarioSection {
    var spikes: [SpikeReport]
    var outages: [OutageReport]

    var html: HTML? {
        if spikes.isEmpty, outages.isEmpty { return nil }
        let figures =
            spikes.enumerated().compactMap { spike($0.element, number: $0.offset + 1).html }
            + outages.enumerated().compactMap { outage($0.element, number: $0.offset + 1).html }
        return """
            <section id="scenarios" class="target" aria-labelledby="scenarios-title">
            <h2 id="scenarios-title">Scenarios</h2>
            \(figures)</section>

            """
    }

    private func spike(_ spike: SpikeReport, number: Int) -> HTMLFigure {
        let waits = [
            ("half", spike.acquire.p50), ("95 %", spike.acquire.p95), ("99 %", spike.acquire.p99),
            ("all", spike.acquire.max), ("all done", spike.duration),
        ]
        let counts = [("min", spike.min), ("at the end", spike.connectionsAtEnd), ("max", spike.max)]
        var table = HTMLTable(
            caption: "The spike in numbers", columns: [.init(title: "", isNumber: false), .init(title: "value")])
        table.columns[0].title = "what"
        table.rows = waits.map { ["had a connection: \($0.0)", Self.time($0.1)] }
        table.rows[4][0] = "all requests done"
        table.rows += counts.map { ["connections: \($0.0)", "\($0.1)"] }
        table.rows.append(["errors", "\(spike.errors)"])
        return HTMLFigure(
            id: "spike-\(number)", title: "\(spike.driver): spike of \(spike.requests) requests at once",
            caption: "On a pool of min \(spike.min), max \(spike.max) at \(spike.url); a connect takes "
                + "\(Self.time(spike.connectDelay)) more, a request keeps its connection for \(Self.time(spike.serviceTime)) "
                + "more (\(spike.workload)). A pool that opens a connection for each request ends full, long after the "
                + "requests were served.",
            rows: [
                HTMLFigure.Row(
                    title: "",
                    panels: [
                        panel("How soon requests had a connection", waits.map { ($0.0, $0.1, Self.time($0.1)) }, .wait),
                        panel("Connections", counts.map { ($0.0, Double($0.1), "\($0.1)") }, .pooled),
                    ])
            ], details: HTMLDetails(summary: "The spike as a table", tables: [table]), level: 3)
    }

    private func outage(_ outage: OutageReport, number: Int) -> HTMLFigure {
        let times = [
            ("first success", outage.recovery ?? 0, outage.recovery.map(Self.time) ?? "never"),
            ("back-off step", outage.backoffStep, Self.time(outage.backoffStep)),
            ("beyond timeout", max(outage.latest, 0), Self.time(max(outage.latest, 0))),
            ("acquire timeout", outage.acquireTimeout, Self.time(outage.acquireTimeout)),
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
            id: "outage-\(number)", title: "\(outage.driver): outage (\(outage.kind))",
            caption: "For \(Self.time(outage.length)) \(kind), at \(outage.url); \(outage.clients) clients "
                + "(\(outage.workload)) on a pool of min \(outage.min), max \(outage.max). Acquires should fail at their "
                + "timeout or at once, and the first success should come within a step of the back-off.",
            rows: [
                HTMLFigure.Row(
                    title: "",
                    panels: [
                        panel("Times", times, .wait),
                        panel(
                            "Operations that failed",
                            counts.map { ($0.0, Double($0.1), ReportNumber.grouped(Double($0.1))) }, .unpooled),
                    ])
            ], details: HTMLDetails(summary: "The outage as a table", tables: [table]), level: 3)
    }

    private func panel(_ title: String, _ values: [(String, Double, String)], _ look: Look) -> HTML {
        let bars = values.map { BarChart.Bar(name: $0.0, look: look, value: $0.1, text: $0.2) }
        let figures = values.map { "\($0.0) \($0.2)" }.joined(separator: ", ")
        return HTMLFigure.panel(
            title,
            BarChart(message: "\(title): \(figures)", bars: bars, longest: values.map(\.1).max() ?? 0).html)
    }

    private static func time(_ microseconds: Double) -> String { ReportNumber.time(microseconds: microseconds) }
}
