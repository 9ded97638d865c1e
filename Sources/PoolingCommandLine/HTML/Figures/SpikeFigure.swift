/// What a pool did when many requests came at once.
struct SpikeFigure {
    var spike: SpikeReport
    var number: Int

    var html: HTML? {
        // Those that failed had none.
        let hasErrors = spike.errors != 0
        let waits = [
            ("half", spike.acquire.p50), ("95 %", spike.acquire.p95), ("99 %", spike.acquire.p99),
            ("all", spike.acquire.max), (hasErrors ? "done or failed" : "all done", spike.duration),
        ]
        let whose = hasErrors ? " of those served" : ""
        let counts = [("min", spike.min), ("at the end", spike.connectionsAtEnd), ("max", spike.max)]
        var table = HTMLTable(
            caption: "The spike in numbers", columns: [.init(title: "", isNumber: false), .init(title: "value")])
        table.columns[0].title = "what"
        table.rows = waits.map { ["had a connection: \($0.0)\(whose)", ScenarioBars.time($0.1)] }
        table.rows[4][0] = hasErrors ? "all requests done or failed" : "all requests done"
        table.rows += counts.map { ["connections: \($0.0)", "\($0.1)"] }
        table.rows.append(["errors", "\(spike.errors)"])
        return HTMLFigure(
            id: "spike-\(number)", title: "\(spike.label): spike of \(spike.requests) requests at once",
            caption: "On a pool of min \(spike.min), max \(spike.max) at \(spike.url); a connect takes "
                + "\(ScenarioBars.time(spike.connectDelay)) more, a request keeps its connection for \(ScenarioBars.time(spike.serviceTime)) "
                + "more (\(spike.workload)). A pool that opens a connection for each request ends full, long after the "
                + "requests were served.\(hasErrors ? " Only \(spike.served) were served." : "")",
            rows: [
                HTMLFigure.Row(
                    title: "",
                    panels: [
                        ScenarioBars.panel(
                            "How soon \(hasErrors ? "those served" : "requests") had a connection",
                            waits.map { ($0.0, $0.1, ScenarioBars.time($0.1)) },
                            .wait),
                        ScenarioBars.panel("Connections", counts.map { ($0.0, Double($0.1), "\($0.1)") }, .pooled),
                    ])
            ], details: HTMLDetails(summary: "The spike as a table", tables: [table]), level: 3
        ).html
    }
}
