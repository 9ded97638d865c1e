/// The result of `pooling bench` for a person: what was run, a table for each workload, and what it means in words.
struct BenchText {
    var report: BenchReport
    /// Where each driver's runs went, without passwords.
    var targets: [String: String]

    var text: String {
        var blocks: [String] = []
        for (driver, server) in ordered(report.runs.map { [$0.driver, $0.server] }).map({ ($0[0], $0[1]) }) {
            let runs = report.runs.filter { $0.driver == driver && $0.server == server }
            blocks.append(heading(driver, server, runs))
            for workload in ordered(runs.map(\.workload)) {
                let group = runs.filter { $0.workload == workload }
                blocks.append("\(workload)\n\n\(table(group))")
                let sentences = group.compactMap { run in
                    ratio(for: run).map { Self.sentence($0) }
                }
                if !sentences.isEmpty { blocks.append(sentences.joined(separator: "\n")) }
            }
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private func heading(_ driver: String, _ server: String, _ runs: [BenchReport.Run]) -> String {
        let version = server.isEmpty ? driver : "\(driver) \(server)"
        let target = targets[driver].map { ", \($0)" } ?? ""
        let sizes = runs.first.map { "pool of min \($0.min), max \($0.max); " } ?? ""
        return "\(version)\(target)\n\(sizes)\(DurationText.short(.seconds(report.durationSeconds))) a run"
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
            $0.driver == run.driver && $0.workload == run.workload && $0.executor == run.executor
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

    /// Without repetitions, in the order in which they come.
    private func ordered<T: Hashable>(_ values: [T]) -> [T] {
        var seen: Set<T> = []
        return values.filter { seen.insert($0).inserted }
    }
}
