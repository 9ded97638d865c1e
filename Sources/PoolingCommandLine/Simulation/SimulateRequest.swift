internal import PoolingCore
internal import PoolingTestKit

/// What `pooling simulate` was asked for, checked.
struct SimulateRequest {
    var scripts: [ForecastScript] = []
    var format: OutputFormat
    /// As typed.
    var service: String
    var connect: String

    /// More than that would take minutes.
    static let mostRequests = 50_000_000.0

    /// - Throws: ``CommandFailure`` that names the option.
    init(_ command: SimulateCommand) throws(CommandFailure) {
        format = try OutputFormat(option: command.format)
        (service, connect) = (command.serviceTime, command.connect)
        guard let rate = Double(command.rate), rate >= 0.001, rate <= 1e9 else {
            throw .usage("--rate \(command.rate): must be a number of requests per second, from 0.001 to 1000000000")
        }
        guard let surge = Double(command.surge), surge.isFinite, surge > 0, surge <= 1000 else {
            throw .usage("--surge \(command.surge): must be a factor, more than 0 and at most 1000")
        }
        guard (1...100_000).contains(command.instances) else {
            throw .usage("--instances \(command.instances): must be from 1 to 100000")
        }
        if let limit = command.serverLimit, limit < 1 { throw .usage("--server-limit \(limit): must be at least 1") }
        let duration = try Self.duration(command.duration, "--duration")
        guard duration > .zero else { throw .usage("--duration \(command.duration): must be more than 0") }
        let warmup = try Self.duration(command.warmup, "--warmup")
        let requests = rate * surge * (duration + warmup).inSeconds
        guard requests <= Self.mostRequests else {
            throw .usage(
                "--rate \(command.rate) for \(command.duration) are \(ReportNumber.grouped(requests)) requests; 50 million "
                    + "are the most that are played")
        }
        let base = ForecastScript(
            configuration: PoolConfiguration(), instances: command.instances, rate: rate,
            service: try TimeDistribution(option: "--service-time", command.serviceTime),
            connect: try TimeDistribution(option: "--connect", command.connect), duration: duration.nanoseconds)
        for max in try Self.maxes(command.max) {
            var script = base
            var configuration = PoolConfiguration()
            configuration.min = command.min
            configuration.max = max
            configuration.acquireTimeout = try Self.duration(command.acquireTimeout, "--acquire-timeout")
            do { try configuration.validate() } catch { throw Self.usage(error) }
            script.configuration = configuration
            script.arrivals = try Self.arrivals(command.arrivals)
            script.roundTrip = try Self.duration(command.roundTrip, "--round-trip").nanoseconds
            script.serverLimit = command.serverLimit
            script.warmup = warmup.nanoseconds
            script.seed = command.seed
            let middle = script.warmup + script.duration / 2
            if let outage = command.outage {
                let length = try Self.duration(outage, "--outage").nanoseconds
                guard length > 0, length < script.duration / 2 else {
                    throw .usage("--outage \(outage): must be more than 0 and less than half of --duration")
                }
                script.outage = .init(from: middle, until: middle + length)
            }
            if surge != 1 {
                script.surge = (.init(from: middle, until: middle + script.duration / 5), surge)
            }
            scripts.append(script)
        }
    }

    private static func usage(_ error: PoolConfigurationError) -> CommandFailure {
        let options = ["min": "--min", "max": "--max", "acquireTimeout": "--acquire-timeout"]
        return .usage("\(options[error.field] ?? error.field) \(error.value): \(error.rule)")
    }

    private static func maxes(_ text: String) throws(CommandFailure) -> [Int] {
        var maxes: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let max = Int(part) else {
                throw .usage("--max \(text): must be a number, or several separated by commas, as in 1,2,4,8")
            }
            if !maxes.contains(max) { maxes.append(max) }
        }
        return maxes.sorted()
    }

    private static func arrivals(_ text: String) throws(CommandFailure) -> ForecastScript.Arrivals {
        switch text {
        case "poisson": return .poisson
        case "constant": return .constant
        default: throw .usage("--arrivals \(text): unknown; known ones are poisson, constant")
        }
    }

    private static func duration(_ text: String, _ option: String) throws(CommandFailure) -> Duration {
        guard let duration = DurationText.parse(text) else {
            throw .usage("\(option) \(text): must be a duration of a day at most, such as 500ms, 5s, 1.5s or 1m")
        }
        return duration
    }
}
