/// The result of `pooling bench` for a person: what was run, a table for each workload, and what it means in words.
struct BenchText {
    var report: BenchReport

    var text: String {
        var blocks: [String] = []
        for url in report.runs.map(\.url).withoutRepetitions {
            let runs = report.runs.filter { $0.url == url }
            if let first = runs.first { blocks.append(heading(first)) }
            for workload in runs.map(\.workload).withoutRepetitions {
                let group = runs.filter { $0.workload == workload }
                blocks.append("\(workload)\n\n\(table(group))")
                let sentences = group.compactMap { run in
                    ratio(for: run).map { Self.sentence($0) }
                }
                if !sentences.isEmpty { blocks.append(sentences.joined(separator: "\n")) }
            }
        }
        if let comparison = BenchComparison(runs: report.runs).text { blocks.append(comparison) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ run: BenchReport.Run) -> String {
        let version = run.server.isEmpty ? run.driver : "\(run.driver) \(run.server)"
        let duration = DurationText.short(.seconds(report.durationSeconds))
        return "\(version), \(run.url)\npool of min \(run.min), max \(run.max); \(duration) a run"
    }

    private func table(_ runs: [BenchReport.Run]) -> String {
        let hasErrors = runs.contains { $0.errors > 0 }
        var table = TextTable(columns: [
            .init(title: "executor"), .init(title: "clients", isNumber: true), .init(title: "mode"),
            .init(title: "operations/s", isNumber: true), .init(title: "p50", isNumber: true),
            .init(title: "p99", isNumber: true), .init(title: "wait p99", isNumber: true),
            .init(title: "connects", isNumber: true),
        ])
        if hasErrors { table.columns.append(.init(title: "errors", isNumber: true)) }
        for run in runs {
            var cells = [
                run.executor, "\(run.clients)", run.mode, ReportNumber.grouped(run.throughput),
                ReportNumber.time(microseconds: run.latency.p50), ReportNumber.time(microseconds: run.latency.p99),
                ReportNumber.time(microseconds: run.acquire.p99), ReportNumber.grouped(Double(run.connects)),
            ]
            if hasErrors { cells.append("\(run.errors)") }
            table.rows.append(cells)
        }
        return table.text
    }

    private func ratio(for run: BenchReport.Run) -> BenchReport.Ratio? {
        guard run.mode == ConnectionMode.pooled.rawValue else { return nil }
        return report.ratios.first {
            $0.url == run.url && $0.workload == run.workload && $0.executor == run.executor
                && $0.clients == run.clients
        }
    }

    /// "16 clients on the driver's executor: pooled is 38 times as fast as unpooled; costs 3 % against dedicated".
    static func sentence(_ ratio: BenchReport.Ratio) -> String {
        let clients = ratio.clients == 1 ? "1 client" : "\(ratio.clients) clients"
        let place = ratio.executor == ClientExecutor.driver.rawValue ? "the driver's executor" : "the default executor"
        var parts: [String] = []
        if let over = ratio.pooledOverUnpooled {
            parts.append("pooled is \(ReportNumber.threeDigits(over)) times as fast as unpooled")
        }
        if let over = ratio.pooledOverDedicated {
            let subject = parts.isEmpty ? "pooled " : ""
            let percent = Int(((1 - over) * 100).rounded())
            switch percent {
            case ..<0: parts.append("\(subject)gains \(-percent) % over dedicated")
            case 0: parts.append("\(subject)costs nothing against dedicated")
            default: parts.append("\(subject)costs \(percent) % against dedicated")
            }
        }
        return "\(clients) on \(place): \(parts.joined(separator: "; "))"
    }
}
