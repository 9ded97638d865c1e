import Foundation
import PoolingCore

/// Compares what the workers, the pool, the database and the operating system say.
struct Audit {
    private(set) var summary: [String] = []
    private(set) var passed: [String] = []
    private(set) var failures: [String] = []

    private mutating func expect(_ holds: Bool, _ claim: String, else found: @autoclosure () -> String) {
        if holds { passed.append(claim) } else { failures.append("\(claim): \(found())") }
    }

    mutating func check(_ ledger: Ledger) {
        summary.append("\(ledger.reads) reads, \(ledger.written.count) writes, \(ledger.cancelled) cancelled")
        expect(ledger.reads > 0 && !ledger.written.isEmpty, "reads and writes were done", else: "\(ledger)")
        expect(
            ledger.errors.isEmpty, "no operation failed unless it was cancelled",
            else: "\(ledger.errors.count) did, the first with: \(ledger.errors.first ?? "")")
    }

    mutating func check(_ rows: Set<Int>, against ledger: Ledger) {
        let lost = ledger.written.subtracting(rows).count
        let unasked = rows.subtracting(ledger.written).count
        expect(
            lost == 0 && unasked == 0, "the database holds what was written, and nothing else",
            else: "\(lost) rows are missing, \(unasked) are there although their write was reported as failed")
    }

    mutating func check(_ snapshots: [PoolStatistics]) {
        let wrong = snapshots.first { s in
            s.total != s.idle + s.leased + s.connecting + s.checking + s.resetting + s.closing
                || s.total > s.max || s.acquired < s.released
        }
        let peak = snapshots.map(\.total).max() ?? 0
        let queue = snapshots.map(\.waiting).max() ?? 0
        summary.append("at most \(peak) connections and \(queue) waiting tasks in \(snapshots.count) snapshots")
        expect(
            wrong == nil, "the statistics added up at every moment, with never more than max connections",
            else: wrong.map { "\($0.total) of max \($0.max), acquired \($0.acquired), released \($0.released)" } ?? "")
    }

    mutating func check(_ before: PoolStatistics, _ after: PoolStatistics, acquires: Int) {
        let ended =
            (after.acquired - before.acquired) + (after.timedOut - before.timedOut)
            + (after.cancelled - before.cancelled) + (after.rejected - before.rejected)
        summary.append(
            "\(after.acquired - before.acquired) loans, "
                + "\(after.acquiredImmediately - before.acquiredImmediately) of them without waiting; "
                + "half of the others waited less than \(text(after.waitTime.quantile(0.5))), "
                + "99 % less than \(text(after.waitTime.quantile(0.99)))")
        expect(
            ended == UInt64(acquires), "every acquire was granted, timed out, cancelled or rejected",
            else: "\(acquires) were made and \(ended) are accounted for")
        expect(
            after.acquired == after.released && after.leased == 0 && after.waiting == 0, "every loan has ended",
            else: "acquired \(after.acquired), released \(after.released), leased \(after.leased), "
                + "waiting \(after.waiting)")
    }

    mutating func check(_ report: ShutdownReport, closed statistics: PoolStatistics) {
        summary.append("\(statistics.connected) connections opened, \(statistics.closed) closed")
        expect(report.isClean, "the shutdown had to force nothing", else: "\(report)")
        expect(
            statistics.total == 0 && statistics.abandoned == 0 && statistics.connected == statistics.closed,
            "every connection was closed",
            else: "opened \(statistics.connected), closed \(statistics.closed), still there \(statistics.total), "
                + "given up on \(statistics.abandoned)")
    }

    mutating func check(filesBefore before: [String], after: [String]) {
        expect(before == after, "no file of the database is open", else: Set(after).sorted().joined(separator: ", "))
    }

    func print() {
        for line in summary { Swift.print(line) }
        for line in passed { Swift.print("ok: \(line)") }
        for line in failures { Swift.print("FAILED: \(line)") }
    }

    private func text(_ duration: Duration?) -> String {
        duration.map { $0.formatted(.units(allowed: [.seconds, .milliseconds, .microseconds], width: .narrow)) } ?? "0"
    }
}
