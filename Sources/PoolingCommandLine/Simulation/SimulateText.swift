/// What was predicted, for a person.
struct SimulateText {
    var report: SimulateReport

    var text: String {
        let pools = report.instances == 1 ? "one pool" : "\(ReportNumber.grouped(Double(report.instances))) pools"
        var blocks = [
            "\(report.pool.map { "\($0): " } ?? "")\(ReportNumber.plain(report.rate)) requests/s on \(pools); service \(report.service), connect "
                + "\(report.connect); \(DurationText.short(.seconds(report.duration))) on a virtual clock"
        ]
        blocks.append(table)
        for run in report.runs {
            let size = report.runs.count > 1 ? "max \(run.max): " : ""
            if run.timedOut + run.rejected + run.broken > 0 {
                blocks.append(
                    "\(size)\(ReportNumber.grouped(Double(run.timedOut))) requests ran into their timeout, "
                        + "\(ReportNumber.grouped(Double(run.rejected))) were refused at once, "
                        + "\(ReportNumber.grouped(Double(run.broken))) lost their connection")
            }
            if let left = run.neverRecovered, left > 0 {
                blocks.append(
                    report.instances == 1
                        ? "\(size)did not serve again after the outage, as long as was looked"
                        : "\(size)\(ReportNumber.grouped(Double(left))) instances that were asked after the outage did not serve "
                            + "again, as long as was looked")
            }
            if let recovery = run.recovery {
                let last = run.lastRecovery.map { ReportNumber.time(microseconds: $0) } ?? "-"
                let first = ReportNumber.time(microseconds: recovery)
                blocks.append(
                    report.instances == 1
                        ? "\(size)served again \(first) after the outage"
                        : "\(size)the first instance served again \(first) after the outage, the last \(last)")
            }
        }
        if let advice = report.recommendation {
            blocks.append("take min \(advice.min), max \(advice.max): \(advice.reason)")
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private var table: String {
        var table = TextTable(columns: [
            .init(title: "min", isNumber: true), .init(title: "max", isNumber: true),
            .init(title: "served", isNumber: true), .init(title: "at once", isNumber: true),
            .init(title: "wait p50", isNumber: true), .init(title: "p99", isNumber: true),
            .init(title: "longest", isNumber: true), .init(title: "connects", isNumber: true),
            .init(title: "failed", isNumber: true), .init(title: "sessions at most", isNumber: true),
            .init(title: "in use", isNumber: true),
        ])
        for run in report.runs {
            table.rows.append([
                "\(run.min)", "\(run.max)", Self.percent(run.served, of: run.requests),
                Self.percent(run.servedAtOnce, of: run.requests), ReportNumber.time(microseconds: run.wait.p50),
                ReportNumber.time(microseconds: run.wait.p99), ReportNumber.time(microseconds: run.wait.max),
                ReportNumber.grouped(Double(run.connects)), ReportNumber.grouped(Double(run.connectsFailed)),
                ReportNumber.grouped(Double(run.peakSessions)), "\(Int((run.utilization * 100).rounded())) %",
            ])
        }
        return table.text
    }

    private static func percent(_ part: Int, of all: Int) -> String {
        all == 0 ? "-" : "\(ReportNumber.plain((Double(part) / Double(all) * 1000).rounded() / 10)) %"
    }
}
