/// What came of the scenario `prediction`: waits as the simulator foretells them, beside those that were measured. Of
/// several rounds the medians.
struct PredictionReport: Codable, Sendable, Equatable {
    /// By name, in the file that it is from.
    var pool: String?
    var driver: String
    /// Without passwords.
    var url: String
    var workload: String
    var executor: String
    var min: Int
    var max: Int
    /// As typed.
    var serviceTime: String
    var rounds: Int
    /// Operations per second of a pool whose connections are always busy.
    var saturation: Double
    /// Microseconds for which an operation keeps its connection then: `max` over `saturation`.
    var meanHold: Double
    /// Microseconds from a request's arrival to its connection where nobody waits; part of what is foretold.
    var overhead: Double
    var loads: [Load]

    struct Load: Codable, Sendable, Equatable {
        /// Of the saturation.
        var load: Double
        var rate: Double
        var p50: Pair
        var p99: Pair

        enum CodingKeys: String, CodingKey {
            case load
            case rate = "rate_per_s"
            case p50 = "wait_p50_us"
            case p99 = "wait_p99_us"
        }
    }

    /// Microseconds.
    struct Pair: Codable, Sendable, Equatable {
        var predicted: Double
        var measured: Double
    }

    enum CodingKeys: String, CodingKey {
        case pool, driver, url, workload, executor, min, max, rounds, loads
        case serviceTime = "service_time"
        case saturation = "saturation_per_s"
        case meanHold = "mean_hold_us"
        case overhead = "overhead_us"
    }

    init(_ rounds: [PredictionRound], driver: String, url: String, service: ServiceTime, loads: [Double]) {
        (self.driver, self.url, serviceTime) = (driver, url, service.text)
        workload = rounds.first?.plan.workload.rawValue ?? ""
        executor = rounds.first?.plan.executor.rawValue ?? ""
        (min, max) = (rounds.first?.plan.min ?? 0, rounds.first?.plan.max ?? 0)
        self.rounds = rounds.count
        func median(_ figure: (PredictionRound) -> Double) -> Double {
            let sorted = rounds.map(figure).sorted()
            if sorted.isEmpty { return 0 }
            return ReportNumber.rounded((sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2)
        }
        saturation = median(\.saturation)
        meanHold = median(\.meanHold)
        overhead = median(\.overhead)
        self.loads = loads.indices.map { index in
            Load(
                load: loads[index], rate: median { $0.loads[index].rate },
                p50: Pair(
                    predicted: median { $0.loads[index].predicted.p50 },
                    measured: median { $0.loads[index].measured.p50 }),
                p99: Pair(
                    predicted: median { $0.loads[index].predicted.p99 },
                    measured: median { $0.loads[index].measured.p99 }))
        }
    }
}
