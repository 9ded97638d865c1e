/// The result of `pooling bench` for a person: what was run, a table for each workload, and what it means in words.
struct BenchText {
    var report: BenchReport

    var text: String {
        var blocks: [String] = []
        if report.circumstances?.isDebug == true { blocks.append(Self.debugWarning) }
        for place in report.runs.map(\.place).withoutRepetitions {
            let runs = report.runs.filter { $0.place == place }
            if let first = runs.first { blocks.append(heading(first)) }
            for workload in runs.map(\.workload).withoutRepetitions {
                let group = runs.filter { $0.workload == workload }
                blocks.append("\(workload)\n\n\(table(group))")
                let sentences = group.compactMap { run in
                    ratio(for: run).map { Self.sentence($0, isSweep: isSweep(runs)) }
                }
                if !sentences.isEmpty { blocks.append(sentences.joined(separator: "\n")) }
                let advice = (report.recommendations ?? []).filter { $0.place == place && $0.workload == workload }
                if !advice.isEmpty { blocks.append(advice.map(Self.sentence).joined(separator: "\n")) }
            }
        }
        if let comparison = BenchComparison(runs: report.runs).text { blocks.append(comparison) }
        blocks += (report.spikes ?? []).map(ScenarioText.text)
        blocks += (report.outages ?? []).map(ScenarioText.text)
        blocks += (report.predictions ?? []).map(ScenarioText.text)
        if let changes = report.changes { blocks.append(ChangesText(changes: changes).text) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    static let debugWarning =
        "DEBUG BUILD: these figures mean little; 'make bench' builds in release mode"

    private func heading(_ run: BenchReport.Run) -> String {
        let version = run.server.isEmpty ? run.driver : "\(run.driver) \(run.server)"
        let duration = DurationText.short(seconds: report.durationSeconds)
        let maxes = report.runs.filter { $0.place == run.place }.map(\.max).withoutRepetitions
        let held = run.serviceTime.map { "; each operation keeps its connection for \($0) more" } ?? ""
        let sizes = maxes.map { "\($0)" }.joined(separator: ", ")
        let name = run.pool.map { "\($0): " } ?? ""
        return "\(name)\(version), \(run.url)\npool of min \(run.min), max \(sizes); \(duration) a run\(held)"
    }

    private func table(_ runs: [BenchReport.Run]) -> String {
        let hasErrors = runs.contains { $0.errors > 0 }
        let isSweep = isSweep(runs)
        let isOpen = runs.contains { $0.rate != nil }
        var table = TextTable(columns: [
            .init(title: "executor"), .init(title: isOpen ? "arrivals/s" : "clients", isNumber: true),
            .init(title: "mode"),
            .init(title: "operations/s", isNumber: true), .init(title: "p50", isNumber: true),
            .init(title: "p99", isNumber: true), .init(title: "wait p99", isNumber: true),
            .init(title: "connects", isNumber: true),
        ])
        let hasDropped = runs.contains { $0.dropped ?? 0 > 0 }
        if hasDropped { table.columns.append(.init(title: "not begun", isNumber: true)) }
        if isSweep { table.columns.insert(.init(title: "max", isNumber: true), at: 3) }
        if hasErrors { table.columns.append(.init(title: "errors", isNumber: true)) }
        for run in runs {
            var cells = [
                run.executor, run.rate.map(ReportNumber.plain) ?? "\(run.clients)", run.mode,
                ReportNumber.grouped(run.throughput),
                ReportNumber.time(microseconds: run.latency.p50), ReportNumber.time(microseconds: run.latency.p99),
                ReportNumber.time(microseconds: run.acquire.p99), ReportNumber.grouped(Double(run.connects)),
            ]
            if hasDropped { cells.append(ReportNumber.grouped(Double(run.dropped ?? 0))) }
            if isSweep { cells.insert(run.mode == ConnectionMode.pooled.rawValue ? "\(run.max)" : "", at: 3) }
            if hasErrors { cells.append("\(run.errors)") }
            table.rows.append(cells)
        }
        return table.text
    }

    private func ratio(for run: BenchReport.Run) -> BenchReport.Ratio? {
        guard run.mode == ConnectionMode.pooled.rawValue else { return nil }
        return report.ratios.first {
            $0.place == run.place && $0.workload == run.workload && $0.executor == run.executor
                && $0.clients == run.clients && $0.max == run.max
        }
    }

    private func isSweep(_ runs: [BenchReport.Run]) -> Bool {
        runs.filter { $0.mode == ConnectionMode.pooled.rawValue }.map(\.max).withoutRepetitions.count > 1
    }

    private static func place(_ executor: String) -> String {
        executor == ClientExecutor.driver.rawValue ? "the driver's executor" : "the default executor"
    }

    private static func clients(_ count: Int) -> String { count == 1 ? "1 client" : "\(count) clients" }

    /// "16 clients on the driver's executor: take max 4; it has 97 % of …".
    static func sentence(_ advice: Recommendation) -> String {
        "\(clients(advice.clients)) on \(place(advice.executor)): take max \(advice.max): \(advice.reason)"
    }

    /// "16 clients on the driver's executor: pooled is 38 times as fast as unpooled; costs 3 % against dedicated".
    static func sentence(_ ratio: BenchReport.Ratio, isSweep: Bool = false) -> String {
        let (clients, place) = (clients(ratio.clients), place(ratio.executor))
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
        let size = isSweep ? ", max \(ratio.max)" : ""
        return "\(clients) on \(place)\(size): \(parts.joined(separator: "; "))"
    }
}
