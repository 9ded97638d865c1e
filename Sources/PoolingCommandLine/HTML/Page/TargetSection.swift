/// All that was run on one URL, workload by workload.
struct TargetSection {
    var target: ReportedTarget
    var anchor: String
    var seconds: Double

    var title: String { target.server.isEmpty ? target.label : "\(target.label) \(target.server)" }

    var html: HTML {
        """
        <section id="\(anchor)" class="target" aria-labelledby="\(anchor)-title">
        <h2 id="\(anchor)-title">\(title)</h2>
        <p class="meta"><code>\(target.url)</code>, pool of min \(mins), max \(maxes)</p>
        \(target.groups.map(html))</section>

        """
    }

    private func html(_ group: RunGroup) -> HTML {
        let figures = [
            ThroughputFigure(group: group, seconds: seconds).html, SweepFigure(group: group).html,
            RatesFigure(group: group).html,
            LatencyFigure(group: group).html, PoolOverTimeFigure(group: group).html,
            ThroughputOverTimeFigure(group: group).html, FairnessFigure(group: group).html,
        ]
        let shown = shownSize(group).map { "<p class=\"meta\">\($0)</p>\n" as HTML } ?? ""
        return """
            <section id="\(group.anchor)" aria-labelledby="\(group.anchor)-title">
            <h3 id="\(group.anchor)-title">\(target.label): \(group.workload)</h3>
            <p>\(Self.explanation(group.workload)), \(DurationText.short(seconds: seconds)) a run\(held(group)).</p>
            \(shown)\(figures.compactMap(\.self))</section>

            """
    }

    /// Which one stands for a sweep; nil: there is none.
    private func shownSize(_ group: RunGroup) -> String? {
        let sweeps = group.settings.filter(\.isSweep)
        if sweeps.isEmpty { return nil }
        let recommended = sweeps.count { $0.recommended != nil }
        let size =
            recommended == 0
            ? "the largest"
            : recommended == sweeps.count ? "the recommended one" : "the recommended one, or the largest if none is"
        return "Where only one size of the pool is shown, it is \(size), in brackets."
    }

    private func held(_ group: RunGroup) -> String {
        let times = group.runs.compactMap(\.serviceTime).withoutRepetitions
        if times.isEmpty { return "" }
        return "; each operation keeps its connection for \(times.joined(separator: ", ")) more"
    }

    private var mins: String { list(target.groups.flatMap(\.runs).map(\.min)) }

    private var maxes: String {
        let pooled = target.groups.flatMap(\.runs).filter { $0.mode == ConnectionMode.pooled.rawValue }
        return list((pooled.isEmpty ? target.groups.flatMap(\.runs) : pooled).map(\.max))
    }

    private func list(_ numbers: [Int]) -> String {
        numbers.withoutRepetitions.sorted().map { "\($0)" }.joined(separator: ", ")
    }

    private static func explanation(_ workload: String) -> String {
        switch Workload(rawValue: workload) {
        case .pointSelect: "One row of 100 000 by its primary key"
        case .insert: "One row added"
        case .readWrite: "Nine of ten operations read one row, the tenth changes one, each in a transaction of its own"
        case .acquire: "Nothing is done with the connection: what it takes to have one"
        case .connect: "Nothing is done with the connection: what it takes to have one that was just proved to work"
        case nil: workload
        }
    }
}
