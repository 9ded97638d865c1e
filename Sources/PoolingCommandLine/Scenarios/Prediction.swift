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
    /// What the shipped engine makes of those requests on a virtual clock: when they come and how long they sleep is
    /// known, and of the machine three figures.
    static func forecast(
        _ plan: RunPlan, rate: Double, service: TimeDistribution, meanHold: Double, overhead: Double
    ) -> BenchReport.Distribution {
        var configuration = PoolConfiguration()
        (configuration.min, configuration.max) = (plan.min, plan.max)
        var script = ForecastScript(
            configuration: configuration, rate: rate, service: service, connect: .constant(5_000_000),
            duration: plan.duration.nanoseconds)
        script.warmup = plan.warmup.nanoseconds
        script.known = .init(
            series: OpenLoop.series(rate: rate), extraService: Int64(meanHold * 1e3 - service.mean))
        var waits = Histogram<UInt32>(highestTrackableValue: ClientRecord.longest)
        let added = Int64(overhead * 1e3)
        _ = Forecast.run(script) { wait in
            waits.record(Swift.min(UInt64(Swift.max(wait, 0) + added), ClientRecord.longest))
        }
        return BenchReport.Distribution([waits])
    }
}
