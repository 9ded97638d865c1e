internal import ArgumentParser

/// The options of `pooling bench` as they were typed; ``BenchRequest`` is what they mean.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Runs the same work pooled, unpooled and on dedicated connections, and compares.",
        discussion: "Without --url it runs on an SQLite file in a temporary folder. Everything is run in all modes, on "
            + "both executors and for each number of clients, unless restricted: 18 runs, two minutes, if nothing is. "
            + "In a database given by --url it makes the tables pooling_bench and pooling_bench_log, or empties those "
            + "that are there, and drops them at the end. Each pool of a file is measured with its own settings.\n\n"
            + "  pooling bench --duration 1s --clients 16 --report bench.html\n"
            + "  pooling bench --url 'postgres://app@127.0.0.1/app' --max 1,2,4,8,16 --clients 64\n"
            + "  pooling bench --config pools.yaml --pool main --rate 500\n"
            + "  pooling bench --scenario spike")

    @Option(
        help:
            "A pool's backend, with its settings as pool_… parameters; can be repeated. 'pooling drivers' lists the schemes."
    )
    var url: [String] = []
    @OptionGroup var file: FileOptions
    @Option(
        parsing: .unconditional,
        help: "Connections that each pool keeps open, over what is written of it. (default: 2; spike: 5)")
    var min: Int?
    @Option(
        parsing: .unconditional,
        help:
            "Connections that each pool never exceeds; several, as in 1,2,4,8, are tried and one is recommended. (default: 8; spike: 50)"
    )
    var max: String?
    @Option(
        parsing: .unconditional,
        help: "Numbers of clients, separated by commas. (default: 1,2,16; spike: 50 requests; outage: 8)")
    var clients: String?
    @Option(
        parsing: .unconditional,
        help:
            "Operations per second that arrive, whatever becomes of those before, instead of clients; several, as in 500,1000."
    )
    var rate: String?
    @Option(parsing: .unconditional, help: "How long each run is measured: 500ms, 5s, 1m.") var duration = "5s"
    @Option(parsing: .unconditional, help: "How long each run goes on before that.") var warmup = "1s"
    @Option(
        help: "point-select, insert, read-write, acquire or connect; can be repeated. (default: point-select)",
        completion: .list(Workload.allCases.map(\.rawValue)))
    var workload: [String] = []
    @Option(
        help: "pooled, dedicated or unpooled; can be repeated. (default: all)",
        completion: .list(ConnectionMode.allCases.map(\.rawValue))) var mode: [String] = []
    @Option(
        help: "driver or default: where clients live; can be repeated. (default: both)",
        completion: .list(ClientExecutor.allCases.map(\.rawValue)))
    var executor: [String] = []
    @Option(
        help: ArgumentHelp(
            "spike: many requests at once on slow connects; outage: the backend is cut off and comes back (over TCP); "
                + "prediction: the waits that 'pooling simulate' foretells beside those that are measured."))
    var scenario: String?
    @Option(parsing: .unconditional, help: "spike: what a connect takes longer than it would.")
    var connectDelay = "150ms"
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How much longer an operation keeps its connection: 5ms, exponential:5ms or lognormal:5ms,1.0. (default: "
                + "nothing; spike: 2ms; prediction: exponential:2ms)"))
    var serviceTime: String?
    @Option(parsing: .unconditional, help: "prediction: shares of what the pool can do at most.")
    var load = "0.7,0.9"
    @Option(parsing: .unconditional, help: "prediction: how often all of it is done; medians are shown.")
    var rounds = 3
    @Option(parsing: .unconditional, help: "outage: how long the backend is away.") var outage = "5s"
    @Option(help: "The JSON of an earlier run, to compare with.", completion: .file()) var compare: String?
    @OptionGroup var result: ResultOptions

    @Option(help: "A file for the report as a page that a browser shows, with charts.", completion: .file())
    var report: String?

    func run(with registry: DriverRegistry, arguments: [String]) async throws {
        let request = try BenchRequest(self, filed: try await file.pools(registry), registry: registry)
        let earlier: EarlierReport?
        if let compare { earlier = try EarlierReport(path: compare) } else { earlier = nil }
        let place: OutputFile?
        if let output = result.output { place = try OutputFile(path: output) } else { place = nil }
        let page: OutputFile?
        do { page = try pageFile() } catch {
            place?.discard()
            throw error
        }
        var circumstances = Circumstances(arguments: arguments, registry)
        var outcome: Benchmark.Outcome
        do {
            outcome = try await Benchmark(request: request, registry: registry).run()
        } catch {
            place?.discard()
            page?.discard()
            throw error
        }
        circumstances.end()
        outcome.report.circumstances = circumstances
        outcome.report.complaint = outcome.complaint
        if let earlier { outcome.report.changes = earlier.changes(to: outcome.report) }
        let text: String
        switch request.format {
        case .text: text = BenchText(report: outcome.report).text
        case .json: text = try ReportJSON.text(outcome.report)
        }
        // First of all: whoever reads the text may go away, and this process with them.
        var failure: CommandFailure?
        if let page {
            do { try page.write(BenchPage(report: outcome.report).text) } catch { failure = error }
        }
        if let place { try place.write(text) } else { try StandardStreams.write(text) }
        if let failure { throw failure }
        if let report { StandardStreams.writeError("report: \(OutputFile.absolute(report))\n") }
        if let complaint = outcome.complaint { throw CommandFailure(kind: .failed, message: complaint) }
    }

    private func pageFile() throws(CommandFailure) -> OutputFile? {
        guard let report else { return nil }
        if let output = result.output, OutputFile.isSame(output, report) {
            throw .usage("--report \(report) is the file of --output, too: each needs its own")
        }
        return try OutputFile(path: report, option: "--report")
    }
}
