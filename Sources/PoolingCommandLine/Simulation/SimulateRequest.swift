internal import PoolingCore
internal import PoolingTestKit

/// What `pooling simulate` was asked for, checked.
struct SimulateRequest {
    var scripts: [ForecastScript] = []
    var format: OutputFormat
    /// The name of what is simulated, if it is from a file.
    var pool: String?
    /// As typed.
    var service: String
    var connect: String

    /// More than that would take minutes.
    static let mostRequests = 50_000_000.0
    static let highestRate = 1e9

    /// - Throws: ``CommandFailure`` that names the option.
    init(_ command: SimulateCommand, filed: [WrittenPool] = []) throws(CommandFailure) {
        format = try OutputFormat(option: command.result.format)
        (service, connect) = (command.serviceTime, command.connect)
        pool = filed.first?.name
        if filed.count > 1 {
            let names = filed.compactMap(\.name).joined(separator: ", ")
            throw .usage("one pool is simulated, and --config has \(names): say which with --pool")
        }
        let rates = try OptionValue.rates(command.rate, upTo: Self.highestRate)
        guard rates.count == 1, let rate = rates.first else {
            throw .usage("--rate \(command.rate): must be one number, since one load is simulated")
        }
        guard let surge = Double(command.surge), surge.isFinite, surge > 0, surge <= 1000 else {
            throw .usage("--surge \(command.surge): must be a factor, more than 0 and at most 1000")
        }
        let instances = try OptionValue.instances(command.fleet.instances)
        if let limit = command.serverLimit, limit < 1 { throw .usage("--server-limit \(limit): must be at least 1") }
        let duration = try OptionValue.span(command.duration, "--duration")
        let warmup = try OptionValue.duration(command.warmup, "--warmup")
        // A surge holds for a fifth of the time that is looked at.
        let requests = rate * (warmup.inSeconds + duration.inSeconds * (1 + (surge - 1) / 5))
        guard requests <= Self.mostRequests else {
            throw .usage(
                "--rate \(command.rate) for \(command.duration) are \(ReportNumber.grouped(requests)) requests; 50 million "
                    + "are the most that are played")
        }
        let base = ForecastScript(
            configuration: PoolConfiguration(), instances: instances, rate: rate,
            service: try TimeDistribution(option: "--service-time", command.serviceTime),
            connect: try TimeDistribution(option: "--connect", command.connect), duration: duration.nanoseconds)
        for configuration in try Self.configurations(command, filed.first) {
            var script = base
            script.configuration = configuration
            script.arrivals = try Self.arrivals(command.arrivals)
            script.roundTrip = try OptionValue.duration(command.roundTrip, "--round-trip").nanoseconds
            script.serverLimit = command.serverLimit
            script.warmup = warmup.nanoseconds
            script.seed = command.seed
            let middle = script.warmup + script.duration / 2
            if let outage = command.outage {
                let length = try OptionValue.duration(outage, "--outage").nanoseconds
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

    /// What the file says of the pool, with the options over it.
    private static func configurations(
        _ command: SimulateCommand, _ filed: WrittenPool?
    ) throws(CommandFailure) -> [PoolConfiguration] {
        var base = filed?.configuration ?? PoolConfiguration()
        if let min = command.min { base.min = try OptionValue.min(min) }
        if let timeout = command.acquireTimeout {
            base.acquireTimeout = try OptionValue.duration(timeout, "--acquire-timeout")
        }
        var configurations: [PoolConfiguration] = []
        for max in try command.max.map({ text throws(CommandFailure) in try OptionValue.maxes(text) }) ?? [base.max] {
            base.max = max
            do { try base.validate() } catch { throw usage(error) }
            configurations.append(base)
        }
        return configurations
    }

    private static func usage(_ error: PoolConfigurationError) -> CommandFailure {
        let options = ["min": "--min", "max": "--max", "acquireTimeout": "--acquire-timeout"]
        return .usage("\(options[error.field] ?? error.field) \(error.value): \(error.rule)")
    }

    private static func arrivals(_ text: String) throws(CommandFailure) -> ForecastScript.Arrivals {
        switch text {
        case "poisson": return .poisson
        case "constant": return .constant
        default: throw OptionValue.unknown(text, "--arrivals", among: ["poisson", "constant"])
        }
    }
}
