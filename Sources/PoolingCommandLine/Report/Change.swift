internal import Foundation

/// How the throughput of one run differs from that of the same run of an earlier report.
struct Change: Codable, Sendable, Equatable {
    var pool: String?
    var driver: String
    /// Of the later run, without passwords; nil in reports of earlier versions.
    var url: String?
    var workload: String
    var mode: String
    var executor: String
    var clients: Int
    var min: Int
    var max: Int
    var rate: Double?
    /// Operations per second.
    var before: Double
    var now: Double
    /// now ÷ before − 1.
    var change: Double
    /// Where the change lies with 95 % probability, as far as the tenths of both runs tell; nil: the earlier report has
    /// none.
    var low: Double?
    var high: Double?

    enum CodingKeys: String, CodingKey {
        case pool, driver, url, workload, mode, executor, clients, min, max, change
        case rate = "rate_per_s"
        case before = "before_per_s"
        case now = "now_per_s"
        case low = "change_low"
        case high = "change_high"
    }

    /// Whether the two can be told apart.
    var isCertain: Bool {
        guard let low, let high else { return false }
        return low > 0 || high < 0
    }

    /// nil if they are not the same run, or the earlier one did next to nothing.
    init?(from before: BenchReport.Run, to now: BenchReport.Run) {
        guard before.key == now.key, before.throughput > 0, (now.throughput / before.throughput).isFinite else {
            return nil
        }
        pool = now.pool
        driver = now.driver
        url = now.url
        workload = now.workload
        mode = now.mode
        executor = now.executor
        clients = now.clients
        min = now.min
        max = now.max
        rate = now.rate
        self.before = before.throughput
        self.now = now.throughput
        change = ReportNumber.rounded(now.throughput / before.throughput - 1)
        if let old = Sample(before.slices), let new = Sample(now.slices), old.mean > 0 {
            let margin = Self.margin(ofRatio: old, new)
            low = ReportNumber.rounded(now.throughput / before.throughput - 1 - margin)
            high = ReportNumber.rounded(now.throughput / before.throughput - 1 + margin)
        }
    }

    /// Mean and its squared standard error.
    private struct Sample {
        var mean: Double
        var squaredError: Double
        var count: Double

        init?(_ values: [Double]?) {
            guard let values, values.count > 1 else { return nil }
            count = Double(values.count)
            mean = values.reduce(0, +) / count
            let (mean, count) = (mean, count)
            squaredError = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count
        }
    }

    /// Half of a 95 % interval for new ÷ old: the errors of both as shares of their means (the delta method), with
    /// Welch's degrees of freedom.
    private static func margin(ofRatio old: Sample, _ new: Sample) -> Double {
        let a = new.squaredError / (old.mean * old.mean)
        let ratio = new.mean / old.mean
        let b = old.squaredError / (old.mean * old.mean) * ratio * ratio
        guard a + b > 0 else { return 0 }
        let parts = a * a / (new.count - 1) + b * b / (old.count - 1)
        let freedom = parts > 0 ? (a + b) * (a + b) / parts : 1
        return quantile(freedom) * (a + b).squareRoot()
    }

    /// Student's, for 95 %: a little too wide where there are few degrees of freedom, never too narrow.
    static func quantile(_ freedom: Double) -> Double {
        let f = Swift.max(freedom, 1)
        return 1.96 + 2.5 / f + 2.5 / (f * f) + 5.8 / (f * f * f)
    }
}

extension BenchReport.Run {
    /// What two runs have to have in common to be compared: all but the URL, since ports and folders change.
    var key: [String] {
        // What is not pooled has no size.
        let size = mode == ConnectionMode.pooled.rawValue ? "\(min) \(max)" : ""
        return [
            pool ?? "", driver, workload, mode, executor, "\(clients)", size, rate.map { "\($0)" } ?? "",
            serviceTime ?? "",
        ]
    }
}

/// The report that `--compare` names.
struct EarlierReport {
    let report: BenchReport

    /// - Parameter option: by which it was named; empty for an argument.
    /// - Throws: ``CommandFailure`` that names it.
    init(path: String, option: String = "--compare ") throws(CommandFailure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .usage("\(option)\(path): there is no such file that can be read")
        }
        // A later one may have other keys.
        if let schema = try? JSONDecoder().decode(Schema.self, from: data).schema, schema != 1 {
            throw .usage("\(option)\(path): has schema \(schema), and this is schema 1")
        }
        do { report = try JSONDecoder().decode(BenchReport.self, from: data) } catch {
            throw .usage("\(option)\(path): is not what 'pooling bench --format json' writes")
        }
    }

    init(_ report: BenchReport) { self.report = report }

    private struct Schema: Decodable {
        var schema: Int
    }

    /// Each run against that of the same place, if there is one: else, since ports and folders change, against the next one
    /// that is like it. No earlier run is used twice.
    func changes(to now: BenchReport) -> [Change] {
        var left = report.runs
        var partners = now.runs.map { run -> BenchReport.Run? in
            left.firstIndex { $0.key == run.key && $0.url == run.url }.map { left.remove(at: $0) }
        }
        for (index, run) in now.runs.enumerated() where partners[index] == nil {
            partners[index] = left.firstIndex { $0.key == run.key }.map { left.remove(at: $0) }
        }
        return zip(partners, now.runs).compactMap { before, now in before.flatMap { Change(from: $0, to: now) } }
    }
}
