/// What has changed since an earlier report, for a person.
struct ChangesText {
    var changes: [Change]

    var text: String {
        if changes.isEmpty { return "the earlier report has no run with the same settings" }
        let labels = ChangeLabels(changes)
        var table = TextTable(columns: [
            .init(title: labels.title), .init(title: "workload"), .init(title: "mode"),
            .init(title: "executor"),
            .init(title: "load", isNumber: true), .init(title: "max", isNumber: true),
            .init(title: "before", isNumber: true), .init(title: "now", isNumber: true),
            .init(title: "change", isNumber: true), .init(title: "95 % sure of"),
        ])
        for change in changes {
            table.rows.append([
                labels.label(change), change.workload, change.mode, change.executor,
                change.rate.map { "\(ReportNumber.plain($0))/s" } ?? "\(change.clients)",
                change.mode == ConnectionMode.pooled.rawValue ? "\(change.max)" : "",
                ReportNumber.grouped(change.before), ReportNumber.grouped(change.now), Self.percent(change.change),
                Self.certainty(change),
            ])
        }
        return "against the earlier report, operations/s\n\n\(table.text)"
    }

    private static func certainty(_ change: Change) -> String {
        guard let low = change.low, let high = change.high else { return "unknown" }
        let range = "\(percent(low)) to \(percent(high))"
        return change.isCertain ? range : "\(range): no difference can be told"
    }

    static func percent(_ share: Double) -> String {
        let tenths = ReportNumber.whole(share * 1000)
        let sign = tenths > 0 ? "+" : tenths < 0 ? "-" : ""
        return "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10) %"
    }
}

/// What the targets of changes are called.
struct ChangeLabels {
    /// Of a column of them.
    let title: String
    /// Drivers that several URLs are of.
    private let ambiguous: Set<String>

    init(_ changes: [Change]) {
        title = changes.contains { $0.pool != nil } ? "pool" : "driver"
        let urls = Dictionary(grouping: changes.filter { $0.pool == nil }, by: \.driver)
        ambiguous = Set(urls.filter { Set($0.value.compactMap(\.url)).count > 1 }.keys)
    }

    /// The pool's name, or the driver; where several are of one driver, their URLs tell them apart.
    func label(_ change: Change) -> String {
        change.pool ?? (ambiguous.contains(change.driver) ? change.url : nil) ?? change.driver
    }
}
