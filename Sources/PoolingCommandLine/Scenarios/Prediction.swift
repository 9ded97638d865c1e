internal import Histogram
internal import PoolingCore
internal import PoolingTestKit

/// What came of the scenario `prediction`: waits as the simulator foretells them, beside those that were measured.
struct PredictionReport: Codable, Sendable, Equatable {
    var driver: String
    /// Without passwords.
    var url: String
    var workload: String
    var executor: String
    var min: Int
    var max: Int
    /// As typed.
    var serviceTime: String
    /// Operations per second of a pool whose connections are always busy.
    var saturation: Double
    /// Microseconds for which an operation keeps its connection then: `max` over `saturation`.
    var meanHold: Double
    /// Microseconds from a request's arrival to its connection where nobody waits; added to what is foretold.
    var overhead: Double
    var loads: [Load] = []

    struct Load: Codable, Sendable, Equatable {
        /// Of the saturation.
        var load: Double
        var rate: Double
        var predicted: BenchReport.Distribution
        var measured: BenchReport.Distribution
        var errors: Int

        enum CodingKeys: String, CodingKey {
            case load, errors
            case rate = "rate_per_s"
            case predicted = "predicted_us"
            case measured = "measured_us"
        }
    }

    enum CodingKeys: String, CodingKey {
        case driver, url, workload, executor, min, max, loads
        case serviceTime = "service_time"
        case saturation = "saturation_per_s"
        case meanHold = "mean_hold_us"
        case overhead = "overhead_us"
    }
}

extension PredictionReport.Load {
    /// What the shipped engine makes of that load on a virtual clock, with nothing known but three figures.
    static func forecast(
        rate: Double, service: TimeDistribution, overhead: Double, min: Int, max: Int
    ) -> BenchReport.Distribution {
        var configuration = PoolConfiguration()
        (configuration.min, configuration.max) = (min, max)
        // So many that chance does not show.
        let length = 4_000_000 / rate
        var script = ForecastScript(
            configuration: configuration, rate: rate, service: service, connect: .constant(5_000_000),
            duration: Int64(length * 1e9))
        script.warmup = script.duration / 20
        var waits = Histogram<UInt32>(highestTrackableValue: ClientRecord.longest)
        let added = Int64(overhead * 1e3)
        _ = Forecast.run(script) { wait in
            waits.record(Swift.min(UInt64(Swift.max(wait, 0) + added), ClientRecord.longest))
        }
        return BenchReport.Distribution([waits])
    }
}
