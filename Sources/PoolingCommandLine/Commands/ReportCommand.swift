internal import ArgumentParser

/// The options of `pooling report` as they were typed.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Makes the page of 'bench --report' from the JSON of an earlier run.",
        discussion: "  pooling bench --format json --output bench.json\n  pooling report bench.json --output bench.html"
    )

    @Argument(help: "What 'pooling bench --format json' wrote.", completion: .file()) var file: String
    @Option(help: "A file for the page, instead of standard output.", completion: .file()) var output: String?

    func run() throws {
        let earlier = try EarlierReport(path: file, option: "")
        if let output, OutputFile.isSame(file, output) {
            throw CommandFailure.usage(
                "--output \(output) is the report itself, which the page would replace: name another")
        }
        let page: OutputFile?
        if let output { page = try OutputFile(path: output) } else { page = nil }
        let text = BenchPage(report: earlier.report).text
        if let page { try page.write(text) } else { try StandardStreams.write(text) }
    }
}
