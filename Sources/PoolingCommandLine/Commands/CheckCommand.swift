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
            + "  pooling check --url 'postgres://app@127.0.0.1/app?pool_max=20'\n"
            + "  pooling check --config pools.yaml --dry-run\n\n"
            + "Exit codes: 0 nothing is wrong (there may be advice), 1 something is, 2 bad usage or a mistake in the file, 3 "
            + "cannot connect.")

    @Option(
        help:
            "A pool's backend, with its settings as pool_… parameters; can be repeated. 'pooling drivers' lists the schemes."
    )
    var url: [String] = []
    @OptionGroup var file: FileOptions
    @OptionGroup var service: ServiceOptions
    @Flag(help: "Checks what is written, and connects to nothing.") var dryRun = false
    @OptionGroup var result: ResultOptions

    func run(with registry: DriverRegistry) async throws {
        let format = try OutputFormat(option: result.format)
        let instances = try OptionValue.instances(service.instances)
        var written = try await file.pools(registry)
        for url in url.withoutRepetitions { written.append(try WrittenPool(url: url, registry)) }
        guard !written.isEmpty else {
            throw CommandFailure.usage("--url or --config is missing: there is nothing to check")
        }
        var pools: [CheckedPool] = []
        for pool in written { pools.append(try CheckedPool(pool, number: pools.count + 1)) }
        let place: OutputFile?
        if let output = result.output { place = try OutputFile(path: output) } else { place = nil }
        let report = await CheckReport(pools, instances: instances, connects: !dryRun)
        let text =
            switch format {
            case .text: CheckText(report: report).text
            case .json: try ReportJSON.text(report)
            }
        if let place { try place.write(text) } else { try StandardStreams.write(text) }
        if let failure = report.failure { throw failure }
    }
}
