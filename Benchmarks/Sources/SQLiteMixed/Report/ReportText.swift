internal import Foundation

/// The result for a person: what was run, and one table each for readers, writers and the file.
struct ReportText {
    var report: Report

    var text: String {
        """
        SQLite \(report.sqlite), \(report.readers) readers and \(report.writers) writers on \(report.connections) \
        connections for reading and 1 for writing; \(report.rounds) rounds of \(Self.number(report.durationS)) s
        medians of the rounds; max, waits, fairness, largest log, errors and processors: the worst of them

        reads
        \(side(\.reads))

        writes
        \(side(\.writes))

        the file and the machine
        \(file)

        """
    }

    private func side(_ side: KeyPath<Report.Summary, Report.Summary.Side>) -> String {
        var table = TextTable([
            "contestant", "clients on", "per second", "÷ grdb", "p50", "p99", "max", "longest wait", "fewest ÷ most",
        ])
        for entrant in report.summary {
            let side = entrant[keyPath: side]
            table.rows.append([
                entrant.contestant, entrant.clients.rawValue, Self.number(side.throughputPerS),
                side.overBaseline.map(Self.ratio) ?? "-", Self.time(side.p50Us), Self.time(side.p99Us),
                Self.time(side.worstUs), Self.time(side.worstWaitUs), side.worstFairness.map(Self.ratio) ?? "-",
            ])
        }
        return table.text
    }

    private var file: String {
        var table = TextTable([
            "contestant", "clients on", "largest log", "at the end", ErrorName.busy, "other errors", "lost or doubled",
            "processors",
        ])
        for entrant in report.summary {
            table.rows.append([
                entrant.contestant, entrant.clients.rawValue, Self.megabytes(entrant.walBytes.largest),
                Self.megabytes(entrant.walBytes.final), "\(entrant.busyErrors)", "\(entrant.otherErrors)",
                entrant.lostOrDoubledCommits ? "YES" : "none", Self.ratio(entrant.fewestProcessors),
            ])
        }
        return table.text
    }

    // MARK: Numbers

    private static func number(_ value: Double) -> String {
        value < 10 && value != value.rounded() ? String(format: "%.1f", value) : String(format: "%.0f", value)
    }
    private static func ratio(_ value: Double) -> String { String(format: "%.2f", value) }
    private static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }

    private static func time(_ microseconds: Double) -> String {
        switch microseconds {
        case ..<1e3: String(format: "%.0f µs", microseconds)
        case ..<1e6: String(format: "%.2f ms", microseconds / 1e3)
        default: String(format: "%.2f s", microseconds / 1e6)
        }
    }
}
