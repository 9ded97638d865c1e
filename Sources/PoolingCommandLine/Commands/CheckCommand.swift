internal import ArgumentParser

/// The options of `pooling check` as they were typed.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Holds pools against what is behind them: reach, cost, limits, and advice with reasons.",
        discussion:
            "Connects to each pool's backend, asks it for its limits and measures what connecting, validating and "
            + "acquiring cost. Changes nothing there.\n\n"
            + "  pooling check --config pools.yaml --instances 4\n"
            + "  pooling check --url 'postgres://app@db/app?pool_max=20'\n"
            + "  pooling check --config pools.yaml --dry-run\n\n"
            + "Exit codes: 0 nothing is wrong (there may be advice), 1 something is, 2 bad usage or a mistake in the file, 3 "
            + "cannot connect.")

    @Option(help: "A pool's backend, with its settings as pool_… parameters; can be repeated.") var url: [String] = []
    @Option(help: "A YAML or JSON file of pools.") var config: String?
    @Option(parsing: .unconditional, help: "Instances of the service, each of which has these pools.") var instances = 1
    @Flag(help: "Checks what is written, and connects to nothing.") var dryRun = false
    @Option(help: "text or json.") var format = "text"
    @Option(help: "A file for the result, instead of standard output.") var output: String?

    func run(with registry: DriverRegistry) async throws {
        let format = try OutputFormat(option: format)
        guard (1...100_000).contains(instances) else {
            throw CommandFailure.usage("--instances \(instances): must be from 1 to 100000")
        }
        guard !url.isEmpty || config != nil else {
            throw CommandFailure.usage("--url or --config is missing: there is nothing to check")
        }
        let pools = try await CheckedPool.all(urls: url, config: config, registry)
        let file: OutputFile?
        if let output { file = try OutputFile(path: output) } else { file = nil }
        let report = await CheckReport(pools, instances: instances, connects: !dryRun)
        let text =
            switch format {
            case .text: CheckText(report: report).text
            case .json: try ReportJSON.text(report)
            }
        if let file { try file.write(text) } else { try StandardStreams.write(text) }
        if let failure = report.failure { throw failure }
    }
}
