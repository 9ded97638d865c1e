/// The machine, the command and the settings: what the figures have to be read with.
struct MeasuredSection {
    var report: BenchReport

    var html: HTML {
        """
        <section id="measured" aria-labelledby="measured-title">
        <h2 id="measured-title">How it was measured</h2>
        \(circumstances)\(settings)</section>

        """
    }

    private var circumstances: HTML {
        guard let found = report.circumstances else {
            return "<p>The report was made by an earlier version, which did not tell.</p>\n"
        }
        let load = [found.loadAtBegin, found.loadAtEnd].map { $0.map(ReportNumber.plain) ?? "unknown" }
        // A line may end between arguments, not within one.
        let words = found.command.split(separator: " ").map { "<span>\(String($0))</span> " as HTML }
        let facts: [(String, HTML)] = [
            ("Command", "<code>\(words)</code>"),
            ("Begun", "\(found.began)"),
            ("Processor", "\(found.processor), \(found.cores) cores"),
            ("Memory", "\(ReportNumber.plain(Double(found.memoryBytes) / 1_073_741_824)) GiB"),
            ("System", "\(found.system)"),
            ("Build", "Swift \(found.swift), \(found.build)"),
            ("Load average", "\(load[0]) at the begin, \(load[1]) at the end"),
        ]
        return "<dl>\n\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" as HTML })</dl>\n"
    }

    /// Those that all pools had, and those in which they differed.
    private var settings: HTML {
        let pools = report.runs.compactMap(\.settings)
        if pools.isEmpty { return "" }
        let names = Set(pools.flatMap(\.keys)).sorted()
        var table = HTMLTable(
            caption: "Settings of the pools",
            columns: [.init(title: "setting", isNumber: false), .init(title: "value", isNumber: false)])
        var differs = false
        for name in names {
            let values = pools.map { $0[name] ?? "unknown" }.withoutRepetitions
            if values.count > 1 { differs = true }
            table.rows.append([name, values.joined(separator: ", ")])
        }
        return """
            <h3>Settings of the pools</h3>
            \(differs ? "<p>Several values: the pools of different runs differed in it.</p>\n" : "" as HTML)\(table.html)
            """
    }
}
