/// What scenarios came to, for a person.
enum ScenarioText {
    static func text(_ spike: SpikeReport) -> String {
        var rows = [
            (spike.errors == 0 ? "all were served within" : "all served or failed in", time(spike.duration)),
            (
                "wait p50, p99, longest",
                "\(time(spike.acquire.p50)), \(time(spike.acquire.p99)), \(time(spike.acquire.max))"
                    + (spike.errors == 0 ? "" : " of those served")
            ), ("connections at the end", "\(spike.connectionsAtEnd) of \(spike.max)"),
        ]
        if spike.errors != 0 { rows.insert(("served", spike.served), at: 0) }
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { name, value in
            "    \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
        }
        return """
            \(name(spike.pool))\(spike.driver), \(spike.url)
            \(spike.requests) requests at once (\(spike.workload)) on a pool of min \(spike.min), max \(spike.max); a connect \
            takes \(time(spike.connectDelay)) more, a request keeps its connection for \(time(spike.serviceTime)) more

            \(lines.joined(separator: "\n"))
            """
    }

    static func text(_ outage: OutageReport) -> String {
        let late = "\(time(outage.latest)) beyond \(time(outage.acquireTimeout)) at most"
        let kind =
            outage.kind == OutageKind.cut.rawValue
            ? "every connection is reset, new ones too" : "nothing comes through, and nobody is told"
        let recovery = outage.recovery.map(time) ?? "never"
        return """
            \(name(outage.pool))\(outage.driver), \(outage.url)
            \(outage.clients) clients (\(outage.workload)) on a pool of min \(outage.min), max \(outage.max); for \
            \(time(outage.length)) \(kind)

                operations lost with their connections   \(outage.lost)
                acquires that ran into their timeout     \(outage.timedOut == 0 ? "0" : "\(outage.timedOut), \(late)")
                acquires refused at once by the policy   \(outage.refusedAtOnce)
                first success after healing              \(recovery) (a step of the back-off: up to \
            \(time(outage.backoffStep)))
            """
    }

    static func text(_ prediction: PredictionReport) -> String {
        var table = TextTable(columns: [
            .init(title: "load", isNumber: true), .init(title: "arrivals/s", isNumber: true),
            .init(title: "wait p50 foretold", isNumber: true), .init(title: "measured", isNumber: true),
            .init(title: "p99 foretold", isNumber: true), .init(title: "measured", isNumber: true),
        ])
        for load in prediction.loads {
            table.rows.append([
                ReportNumber.plain(load.load), ReportNumber.grouped(load.rate), time(load.p50.predicted),
                time(load.p50.measured), time(load.p99.predicted), time(load.p99.measured),
            ])
        }
        return """
            \(name(prediction.pool))\(prediction.driver), \(prediction.url)
            \(prediction.workload) on \(prediction.executor) executor, pool of min \(prediction.min), max \
            \(prediction.max); each operation keeps its connection for \(prediction.serviceTime) more
            \(prediction.rounds == 1 ? "one round" : "medians of \(prediction.rounds) rounds"); at most \(ReportNumber.grouped(prediction.saturation)) operations/s, each \(time(prediction.meanHold)) on a \
            connection; \(time(prediction.overhead)) to get one where nobody waits

            \(table.text)
            """
    }

    private static func name(_ pool: String?) -> String { pool.map { "\($0): " } ?? "" }

    private static func time(_ microseconds: Double) -> String { ReportNumber.time(microseconds: microseconds) }
}
