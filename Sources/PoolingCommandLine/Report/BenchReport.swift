/// The result of `pooling bench` as JSON, schema 1. Keys are never renamed; new ones may come.
struct BenchReport: Codable, Sendable, Equatable {
    var schema = 1
    var durationSeconds: Double
    var runs: [Run]
    var ratios: [Ratio]
    /// After a sweep.
    var recommendations: [Recommendation]?
    /// Against an earlier report.
    var changes: [Change]?
    /// Of `--scenario`.
    var spikes: [SpikeReport]?
    var outages: [OutageReport]?
    var predictions: [PredictionReport]?
    var circumstances: Circumstances?
    /// What went wrong in runs that were carried out nevertheless, without passwords.
    var complaint: String?

    enum CodingKeys: String, CodingKey {
        case schema, runs, ratios, recommendations, changes, spikes, outages, predictions, circumstances, complaint
        case durationSeconds = "duration_s"
    }

    struct Run: Codable, Sendable, Equatable, Placed {
        /// By name, in the file that it is from; nil: it is from a URL.
        var pool: String?
        var driver: String
        /// Without passwords.
        @EmptyIfMissing var url = ""
        var server: String
        var workload: String
        var mode: String
        var executor: String
        var clients: Int
        var min: Int
        var max: Int
        /// Ended within the duration, without error.
        var operations: Int
        var errors: Int
        var throughput: Double
        var latency: Distribution
        var acquire: Distribution
        var connects: Int
        var peakConnections: Int
        var peakWaiting: Int
        var operationsPerClient: Spread
        /// Operations per second in each tenth of the run.
        var slices: [Double]?
        /// Operations per second that were to arrive, where they did so by themselves.
        var rate: Double?
        /// Those that were not begun, since too many were under way.
        var dropped: Int?
        /// Those that arrived within the duration, begun or not; nil in reports of earlier versions, too.
        var arrived: Int?
        /// How much longer each operation kept its connection, as typed.
        var serviceTime: String?
        var series: RunSeries?
        var curves: PercentileCurves?
        /// The settings of the pool by name; nil without a pool.
        var settings: [String: String]?

        enum CodingKeys: String, CodingKey {
            case pool
            case slices = "slices_per_s"
            case rate = "rate_per_s"
            case dropped, arrived, series, curves, settings
            case serviceTime = "service_time"
            case driver, url, server, workload, mode, executor, clients, min, max, operations, errors, connects
            case throughput = "throughput_per_s"
            case latency = "latency_us"
            case acquire = "acquire_us"
            case peakConnections = "peak_connections"
            case peakWaiting = "peak_waiting"
            case operationsPerClient = "operations_per_client"
        }
    }

    /// Microseconds.
    struct Distribution: Codable, Sendable, Equatable {
        var mean = 0.0
        var p50 = 0.0
        var p95 = 0.0
        var p99 = 0.0
        var p999 = 0.0
        var max = 0.0
    }

    /// Far apart: some clients were starved.
    struct Spread: Codable, Sendable, Equatable {
        var min: Int
        var max: Int
    }

    /// Throughputs of modes that ran under the same conditions. null: one of them did not run, or did nothing.
    struct Ratio: Codable, Sendable, Equatable, Placed {
        var pool: String?
        var driver: String
        @EmptyIfMissing var url = ""
        var workload: String
        var executor: String
        var clients: Int
        var min: Int
        var max: Int
        var pooledOverUnpooled: Double?
        var pooledOverDedicated: Double?

        enum CodingKeys: String, CodingKey {
            case pool, driver, url, workload, executor, clients, min, max
            case pooledOverUnpooled = "pooled_over_unpooled"
            case pooledOverDedicated = "pooled_over_dedicated"
        }

        // By hand, so that a missing ratio is null and not absent.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(pool, forKey: .pool)
            try container.encode(driver, forKey: .driver)
            try container.encode(url, forKey: .url)
            try container.encode(workload, forKey: .workload)
            try container.encode(executor, forKey: .executor)
            try container.encode(clients, forKey: .clients)
            try container.encode(min, forKey: .min)
            try container.encode(max, forKey: .max)
            try container.encode(pooledOverUnpooled, forKey: .pooledOverUnpooled)
            try container.encode(pooledOverDedicated, forKey: .pooledOverDedicated)
        }
    }
}

/// What was measured somewhere: the same place is the same pool of a file, or the same URL.
protocol Placed {
    var pool: String? { get }
    var url: String { get }
}

extension Placed {
    /// "main: sqlite:app.db", "sqlite:app.db".
    var place: String { pool.map { "\($0): \(url)" } ?? url }
}
