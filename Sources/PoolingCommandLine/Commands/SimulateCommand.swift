internal import ArgumentParser

/// The options of `pooling simulate` as they were typed; ``SimulateRequest`` is what they mean.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Predicts waits, timeouts and connections, with the shipped engine on a virtual clock.",
        discussion: "What one machine can't run: many instances, each with a pool, in front of one server. Times are "
            + "constant (5ms), exponential (exponential:5ms, by the mean) or lognormal (lognormal:5ms,1.0, by the median "
            + "and the spread of the logarithm). Several sizes, as in --max 2,4,8, end in a recommendation. A "
            + "pool of a file is played with its own settings.\n\n"
            + "  pooling simulate --rate 300 --service-time exponential:20ms --max 4,8,16\n"
            + "  pooling simulate --rate 20000 --instances 1000 --max 5 --server-limit 2000 --outage 10s\n"
            + "  pooling simulate --rate 500 --config pools.yaml --pool main")

    @Option(parsing: .unconditional, help: "Requests per second, of all instances together.") var rate: String
    @Option(parsing: .unconditional, help: "How long a request keeps its connection.")
    var serviceTime = "exponential:10ms"
    @Option(parsing: .unconditional, help: "What a connect takes.") var connect = "5ms"
    @Option(parsing: .unconditional, help: "What a round trip takes that proves or resets a connection.")
    var roundTrip = "500us"
    @OptionGroup var fleet: ServiceOptions
    @OptionGroup var file: FileOptions
    @Option(
        parsing: .unconditional,
        help: "Connections that each pool keeps open, over what is written of it. (default: 0)")
    var min: Int?
    @Option(
        parsing: .unconditional,
        help:
            "Connections that each pool never exceeds; several, as in 1,2,4,8, are tried and one is recommended. (default: 10)"
    )
    var max: String?
    @Option(parsing: .unconditional, help: "How long an acquire waits at most. (default: 30s)")
    var acquireTimeout: String?
    @Option(parsing: .unconditional, help: "Sessions that the server has room for. (default: no limit)")
    var serverLimit: Int?
    @Option(parsing: .unconditional, help: "The server is away for so long, from the middle on. (default: never)")
    var outage: String?
    @Option(parsing: .unconditional, help: "Requests come so many times as often for the fifth part in the middle.")
    var surge = "1"
    @Option(help: "poisson or constant: how requests arrive.") var arrivals = "poisson"
    @Option(parsing: .unconditional, help: "The time that is looked at.") var duration = "60s"
    @Option(parsing: .unconditional, help: "The time before that.") var warmup = "5s"
    @Option(parsing: .unconditional, help: "Of the random numbers: the same gives the same.") var seed: UInt64 = 1
    @OptionGroup var result: ResultOptions

    func run(with registry: DriverRegistry) async throws {
        let request = try SimulateRequest(self, filed: try await file.pools(registry))
        let place: OutputFile?
        if let output = result.output { place = try OutputFile(path: output) } else { place = nil }
        let report = SimulateReport(request)
        let text: String
        switch request.format {
        case .text: text = SimulateText(report: report).text
        case .json: text = try ReportJSON.text(report)
        }
        if let place { try place.write(text) } else { try StandardStreams.write(text) }
    }
}
