/// Runs that differ in nothing but the mode (and the size of the pool, in a sweep): what is looked at together.
struct RunSetting {
    var executor: String
    var clients: Int
    var rate: Double?
    var runs: [BenchReport.Run]
    /// The size that a sweep recommends.
    var recommended: Recommendation?

    /// "16 clients", "500 a second".
    var title: String {
        if let rate { return "\(ReportNumber.grouped(rate)) arrivals a second" }
        return clients == 1 ? "1 client" : "\(clients) clients"
    }

    /// With the executor, for where that is not plain.
    var fullTitle: String { "\(title) on \(Self.place(executor))" }

    /// All sizes, ascending.
    var sweep: [BenchReport.Run] {
        runs.filter { $0.mode == ConnectionMode.pooled.rawValue }.sorted { $0.max < $1.max }
    }

    var isSweep: Bool { sweep.count > 1 }

    /// The run that stands for the pool: of the recommended size, or the largest.
    var pooled: BenchReport.Run? { sweep.first { $0.max == recommended?.max } ?? sweep.last }
    var dedicated: BenchReport.Run? { runs.first { $0.mode == ConnectionMode.dedicated.rawValue } }
    var unpooled: BenchReport.Run? { runs.first { $0.mode == ConnectionMode.unpooled.rawValue } }

    /// One run of each mode there is.
    var modes: [BenchReport.Run] { [pooled, dedicated, unpooled].compactMap(\.self) }

    /// The mode, with the size where there are several.
    func name(_ run: BenchReport.Run) -> String {
        isSweep && run.mode == ConnectionMode.pooled.rawValue ? "pooled (\(run.max))" : run.mode
    }

    static func place(_ executor: String) -> String {
        executor == ClientExecutor.driver.rawValue ? "the driver's executor" : "the default executor"
    }

    /// Pooled throughput as a multiple of that of another mode.
    func ratio(to other: BenchReport.Run?) -> Double? {
        guard let pooled, let other, other.throughput > 0 else { return nil }
        return pooled.throughput / other.throughput
    }

    /// "38.0 × unpooled, 97 % of dedicated"; empty where nothing is to be compared.
    var comparison: String {
        var parts: [String] = []
        if let ratio = ratio(to: unpooled) { parts.append("\(ReportNumber.threeDigits(ratio)) × unpooled") }
        if let ratio = ratio(to: dedicated) { parts.append("\(ReportNumber.whole(ratio * 100)) % of dedicated") }
        return parts.joined(separator: ", ")
    }
}

/// The runs of one workload on one target, in the order in which they were made.
struct RunGroup {
    var label: String
    /// Fit for an `id`.
    var anchor: String
    var workload: String
    var settings: [RunSetting]

    var runs: [BenchReport.Run] { settings.flatMap(\.runs) }

    init(label: String, anchor: String, workload: String, runs: [BenchReport.Run], advice: [Recommendation]) {
        self.label = label
        self.anchor = anchor
        self.workload = workload
        struct Key: Hashable {
            var executor: String
            var clients: Int
            var rate: Double?
        }
        func key(_ run: BenchReport.Run) -> Key { Key(executor: run.executor, clients: run.clients, rate: run.rate) }
        settings = runs.map(key).withoutRepetitions.map { wanted in
            RunSetting(
                executor: wanted.executor, clients: wanted.clients, rate: wanted.rate,
                runs: runs.filter { key($0) == wanted },
                recommended: advice.first {
                    wanted.rate == nil && $0.workload == workload && $0.executor == wanted.executor
                        && $0.clients == wanted.clients
                })
        }
    }

    var executors: [String] { settings.map(\.executor).withoutRepetitions }

    /// A row of panels for each executor.
    func rows(_ panel: (RunSetting) -> HTML?) -> [HTMLFigure.Row] {
        executors.map { executor in
            HTMLFigure.Row(
                title: "Clients on \(RunSetting.place(executor))",
                panels: settings.filter { $0.executor == executor }.compactMap(panel))
        }
    }
}

/// One URL, or pool of a file, with all that was run on it.
struct ReportedTarget {
    /// The pool's name, or the driver, with a number where there are several URLs of it.
    var label: String
    var driver: String
    var url: String
    var server: String
    var groups: [RunGroup]

    static func all(in report: BenchReport) -> [ReportedTarget] {
        let places = report.runs.map(\.place).withoutRepetitions
        let drivers = places.map { place in report.runs.first { $0.place == place }?.driver ?? "" }
        return places.indices.map { index in
            let runs = report.runs.filter { $0.place == places[index] }
            let driver = drivers[index]
            let isAlone = drivers.count { $0 == driver } == 1
            let number = isAlone ? "" : " \(drivers[...index].count { $0 == driver })"
            let label = runs.first?.pool ?? "\(driver)\(number)"
            let advice = (report.recommendations ?? []).filter { $0.place == places[index] }
            let groups = runs.map(\.workload).withoutRepetitions.enumerated().map { place, workload in
                RunGroup(
                    label: label, anchor: "t\(index + 1)-w\(place + 1)", workload: workload,
                    runs: runs.filter { $0.workload == workload }, advice: advice)
            }
            return ReportedTarget(
                label: label, driver: driver, url: runs.first?.url ?? "", server: runs.first?.server ?? "",
                groups: groups)
        }
    }
}
