/// Numbers over the time of a run, as tables: a row for each part of the time, a table for each executor.
struct TimeTable {
    struct Column {
        var executor: String
        var title: String
        var values: [String]
    }

    var caption: String
    /// Seconds.
    var part: Double
    var columns: [Column]

    var tables: [HTMLTable] {
        columns.map(\.executor).withoutRepetitions.map { executor in
            let columns = columns.filter { $0.executor == executor }
            let count = columns.map(\.values.count).max() ?? 0
            return HTMLTable(
                caption: "\(caption), clients on \(RunSetting.place(executor))",
                columns: [.init(title: "from")] + columns.map { .init(title: $0.title) },
                rows: (0..<count).map { index in
                    ["\(Self.seconds(Double(index) * part))"]
                        + columns.map { index < $0.values.count ? $0.values[index] : "–" }
                })
        }
    }

    private static func seconds(_ value: Double) -> String { "\(ReportNumber.threeDigits(value)) s" }
}

extension RunSeries {
    /// The middle of each part with its value.
    func points(_ values: [Double?]) -> [LineChart.Point] {
        values.enumerated().map { LineChart.Point(x: (Double($0.offset) + 0.5) * part, y: $0.element) }
    }

    var length: Double { part * Double(throughput.count) }
}
