/// Several targets side by side, for a person: a table for each workload, a column for each target.
struct BenchComparison {
    var runs: [BenchReport.Run]

    /// nil for a single target.
    var text: String? {
        let targets = targets
        if targets.count < 2 { return nil }
        var blocks = ["side by side"]
        let ambiguous = targets.filter { $0.label != $0.driver }
        if !ambiguous.isEmpty { blocks.append(ambiguous.map { "\($0.label): \($0.url)" }.joined(separator: "\n")) }
        for workload in runs.map(\.workload).withoutRepetitions {
            let group = runs.filter { $0.workload == workload }
            blocks.append("\(workload), operations/s\n\n\(throughputs(group, targets))")
            if workload == Workload.connect.rawValue, let table = connects(group, targets) {
                blocks.append("what a connection costs that is opened for each operation\n\n\(table)")
            }
        }
        return blocks.joined(separator: "\n\n")
    }

    private struct Target {
        var driver: String
        var url: String
        var place: String
        /// The pool's name, or the driver, with a number where there are several URLs of it.
        var label: String
    }

    private var targets: [Target] {
        let places = runs.map(\.place).withoutRepetitions
        let firsts = places.compactMap { place in runs.first { $0.place == place } }
        return firsts.indices.map { index in
            let (first, driver) = (firsts[index], firsts[index].driver)
            let isAlone = firsts.count { $0.driver == driver } == 1
            let number = firsts[...index].count { $0.driver == driver }
            let label = first.pool ?? (isAlone ? driver : "\(driver) \(number)")
            return Target(driver: driver, url: first.url, place: first.place, label: label)
        }
    }

    private func throughputs(_ runs: [BenchReport.Run], _ targets: [Target]) -> String {
        struct Setting: Hashable {
            var executor: String
            var clients: Int
            var mode: String
            var max: Int?
            var rate: Double?

            /// - Parameter isSweep: else each target has a size of its own, and they stand beside each other.
            init(_ run: BenchReport.Run, isSweep: Bool) {
                (executor, clients, mode, rate) = (run.executor, run.clients, run.mode, run.rate)
                max = isSweep && run.mode == ConnectionMode.pooled.rawValue ? run.max : nil
            }

            var load: String { rate.map { "\(ReportNumber.plain($0))/s" } ?? "\(clients)" }
        }
        let isSweep = targets.contains { target in
            let pooled = runs.filter { $0.place == target.place && $0.mode == ConnectionMode.pooled.rawValue }
            return Set(pooled.map(\.max)).count > 1
        }
        let isOpen = runs.contains { $0.rate != nil }
        var columns: [TextTable.Column] = [
            .init(title: "executor"), .init(title: isOpen ? "load" : "clients", isNumber: true), .init(title: "mode"),
        ]
        if isSweep { columns.append(.init(title: "max", isNumber: true)) }
        var table = TextTable(columns: columns + targets.map { .init(title: $0.label, isNumber: true) })
        for setting in runs.map({ Setting($0, isSweep: isSweep) }).withoutRepetitions {
            let figures = targets.map { target in
                runs.first { $0.place == target.place && Setting($0, isSweep: isSweep) == setting }
                    .map { ReportNumber.grouped($0.throughput) } ?? "-"
            }
            var cells = [setting.executor, setting.load, setting.mode]
            if isSweep { cells.append(setting.max.map { "\($0)" } ?? "") }
            table.rows.append(cells + figures)
        }
        return table.text
    }

    /// From the runs that opened a connection for each operation: how long it was waited for, with name, login and whatever
    /// the driver sets up.
    private func connects(_ runs: [BenchReport.Run], _ targets: [Target]) -> String? {
        var table = TextTable(columns: [
            .init(title: "target"), .init(title: "executor"), .init(title: "clients", isNumber: true),
            .init(title: "p50", isNumber: true), .init(title: "p99", isNumber: true),
        ])
        for target in targets {
            let opened = runs.filter { $0.place == target.place && $0.mode == ConnectionMode.unpooled.rawValue }
            for run in opened {
                table.rows.append([
                    target.label, run.executor, "\(run.clients)", ReportNumber.time(microseconds: run.acquire.p50),
                    ReportNumber.time(microseconds: run.acquire.p99),
                ])
            }
        }
        return table.rows.isEmpty ? nil : table.text
    }
}

extension Sequence where Element: Hashable {
    /// Each once, in the order in which they come first.
    var withoutRepetitions: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
