internal import Histogram

/// The result as data, schema 1.
struct Report: Codable, Sendable {
    var schema = 1
    var sqlite: String
    var readers: Int
    var writers: Int
    /// Connections for reading; one more is there for writing.
    var connections: Int
    var rows: Int
    var cacheBytes: Int
    var warmupS: Double
    var durationS: Double
    var rounds: Int
    /// In the order in which they ran.
    var runs: [Run]
    /// One for each entrant, over all rounds.
    var summary: [Summary]

    struct Run: Codable, Sendable {
        var round: Int
        var contestant: String
        var clients: ClientKind
        var reads: Side
        var writes: Side
        /// By name, readers' and writers' together. `SQLITE_BUSY` is always there.
        var errors: [String: Int]
        var walBytes: LogSampler.Sizes
        /// How many of them the process had, on average: less than there are if something else ran meanwhile.
        var processors: Double
        var commits: Commits
    }

    /// Readers, or writers.
    struct Side: Codable, Sendable {
        /// Ended within the duration, without error.
        var operations: Int
        var throughputPerS: Double
        var latencyUs: Distribution
        /// The part of the latency until there was a transaction.
        var waitUs: Distribution
        var operationsPerClient: Spread
    }

    /// Microseconds.
    struct Distribution: Codable, Sendable {
        var mean: Double
        var p50: Double
        var p99: Double
        var max: Double
    }

    /// Far apart: some clients were starved.
    struct Spread: Codable, Sendable {
        var min: Int
        var max: Int
    }
}

extension Report.Run {
    init(round: Int, entrant: Entrant, measured: Measurement, commits: Commits, duration: Double) {
        self.round = round
        contestant = entrant.name
        clients = entrant.clients
        reads = Report.Side(measured.clients(.reader), duration: duration)
        writes = Report.Side(measured.clients(.writer), duration: duration)
        errors = measured.clients.reduce(into: [ErrorName.busy: 0]) { $0.merge($1.errors, uniquingKeysWith: +) }
        walBytes = measured.log
        processors = measured.processors
        self.commits = commits
    }
}

extension Report.Side {
    init(_ clients: [ClientRecord], duration: Double) {
        operations = clients.reduce(0) { $0 + $1.operations }
        throughputPerS = (Double(operations) / duration).rounded()
        latencyUs = Report.Distribution(clients.map(\.latency))
        waitUs = Report.Distribution(clients.map(\.wait))
        let counts = clients.map(\.operations)
        operationsPerClient = Report.Spread(min: counts.min() ?? 0, max: counts.max() ?? 0)
    }
}

extension Report.Distribution {
    init(_ histograms: [Histogram<UInt32>]) {
        self.init(mean: 0, p50: 0, p99: 0, max: 0)
        guard var merged = histograms.first else { return }
        for histogram in histograms.dropFirst() { merged.add(histogram) }
        guard merged.totalCount > 0 else { return }
        mean = merged.mean / 1e3
        p50 = Double(merged.valueAtPercentile(50)) / 1e3
        p99 = Double(merged.valueAtPercentile(99)) / 1e3
        max = Double(merged.max) / 1e3
    }
}
