/// What came of it, in words; what went wrong comes first.
struct SummarySection {
    var report: BenchReport
    var targets: [ReportedTarget]

    var html: HTML {
        """
        <section id="summary" aria-labelledby="summary-title">
        <h2 id="summary-title">Summary</h2>
        \(complaints.map { "<p class=\"warning\"><strong>Errors.</strong> \($0)</p>\n" as HTML })\
        <ul class="summary">
        \(sentences.map { "<li>\($0)</li>\n" as HTML })</ul>
        \(sideBySide)</section>

        """
    }

    private var complaints: [String] {
        var complaints = [report.complaint].compactMap { $0.map { "\($0)." } }
        let failed = report.runs.filter { $0.errors > 0 }
        if !failed.isEmpty {
            let sum = failed.reduce(0) { $0 + Double($1.errors) }
            complaints.append(
                "\(ReportNumber.grouped(sum)) operations failed, in \(failed.count) of \(report.runs.count) runs; the figures of those runs are of "
                    + "what was left.")
        }
        return complaints
    }

    private var sentences: [HTML] {
        var sentences: [HTML] = []
        for target in targets {
            for group in target.groups {
                let link: HTML = "<a href=\"#\(group.anchor)\">\(target.label), \(group.workload)</a>"
                let words = [Self.ratios(group), Self.waits(group), Self.starved(group)].compactMap(\.self)
                let advice = group.settings.compactMap(\.recommended).map { advice -> HTML in
                    "<li>\(BenchText.sentence(advice)).</li>\n"
                }
                if words.isEmpty, advice.isEmpty { continue }
                let list: HTML = advice.isEmpty ? "" : "\n<ul>\n\(advice)</ul>"
                sentences.append("\(link): \(words.joined(separator: ". ")).\(list)")
            }
        }
        sentences += (report.spikes ?? []).map {
            "\($0.label), spike of \($0.requests) requests: \(Self.served($0)), and "
                + "\($0.connectionsAtEnd) of \($0.max) connections were open at the end."
        }.map { "\($0)" as HTML }
        sentences += (report.outages ?? []).map {
            "\($0.label), outage (\($0.kind)): "
                + ($0.recovery.map { "the first operation was done \(Self.time($0)) after the backend was back." }
                    ?? "the pool did not come back.")
        }.map { "\($0)" as HTML }
        sentences += (report.predictions ?? []).flatMap { prediction in
            prediction.loads.map { load -> HTML in
                """
                \(prediction.label), at \(ReportNumber.whole(load.load * 100)) % of what the pool can do: a wait of \
                \(Self.time(load.p99.measured)) at 99 % was measured, and \(Self.time(load.p99.predicted)) foretold.
                """
            }
        }
        if let changes = report.changes {
            let certain = changes.filter(\.isCertain)
            let faster = certain.count { $0.change > 0 }
            sentences.append(
                """
                <a href="#changes">Against the earlier report</a>: of \(changes.count) runs \(faster) are faster and \
                \(certain.count - faster) slower; for the others no difference can be told.
                """)
        }
        return sentences
    }

    private static func ratios(_ group: RunGroup) -> String? {
        let unpooled = group.settings.compactMap { $0.ratio(to: $0.unpooled) }
        let dedicated = group.settings.compactMap { $0.ratio(to: $0.dedicated) }
        var parts: [String] = []
        if let text = range(unpooled, ReportNumber.threeDigits) { parts.append("\(text) times as fast as unpooled") }
        if let text = range(dedicated, { "\(ReportNumber.whole($0 * 100))" }) {
            parts.append("at \(text) % of dedicated")
        }
        return parts.isEmpty ? nil : "pooled is \(parts.joined(separator: ", and "))"
    }

    /// "3", or "3 to 5".
    private static func range(_ values: [Double], _ text: (Double) -> String) -> String? {
        guard let least = values.min(), let most = values.max() else { return nil }
        return text(least) == text(most) ? text(least) : "\(text(least)) to \(text(most))"
    }

    private static func waits(_ group: RunGroup) -> String? {
        let pooled = group.settings.filter { $0.pooled?.operations ?? 0 > 0 }
        guard let worst = pooled.max(by: { $0.pooled?.acquire.p99 ?? 0 < $1.pooled?.acquire.p99 ?? 0 }),
            let run = worst.pooled
        else { return nil }
        let waits = "\(time(run.acquire.p50)) at the median, \(time(run.acquire.p99)) at 99 %"
        let longest = "longest waits for a connection were"
        let subject =
            pooled.count == 1
            ? "The wait for a connection was"
            : group.settings.contains(where: \.isSweep) ? "Of the sizes shown, the \(longest)" : "The \(longest)"
        return "\(subject) with \(worst.fullTitle) on max \(run.max): \(waits)"
    }

    /// Where a client had less than half of its share.
    private static func starved(_ group: RunGroup) -> String? {
        let shares = group.settings.compactMap { setting -> (setting: RunSetting, share: Double)? in
            guard let run = setting.pooled, setting.rate == nil, run.showsFairness else { return nil }
            let share = Double(run.operationsPerClient.min) * Double(run.clients) / Double(run.operations)
            return share < 0.5 ? (setting, share) : nil
        }
        guard let worst = shares.min(by: { $0.share < $1.share }) else { return nil }
        return "Clients were starved: with \(worst.setting.fullTitle) one of the pool's did "
            + "\(ReportNumber.whole(worst.share * 100)) % of the mean"
    }

    private static func served(_ spike: SpikeReport) -> String {
        spike.errors == 0
            ? "all were served within \(time(spike.duration))"
            : "\(spike.served) were served, the last was done or had failed after \(time(spike.duration))"
    }

    private static func time(_ microseconds: Double) -> String { ReportNumber.time(microseconds: microseconds) }

    private var sideBySide: HTML {
        let workloads = targets.flatMap { $0.groups.map(\.workload) }.withoutRepetitions
        let figures = workloads.enumerated().compactMap { index, workload in
            SideBySideFigure(targets: targets, workload: workload, number: index + 1).html
        }
        if figures.isEmpty { return "" }
        return "<h3>Side by side</h3>\n\(figures)"
    }
}
