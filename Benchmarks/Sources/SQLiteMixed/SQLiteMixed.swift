internal import ArgumentParser
internal import Foundation

/// Readers and writers of one SQLite file at the same time: our pools and GRDB's, in alternation, under equal settings.
@main struct SQLiteMixed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sqlite-mixed",
        abstract: "Reads and writes one SQLite file through several pools, and compares them.",
        discussion: "Ends with status 1 if an operation failed, or if the file does not hold exactly the commits that "
            + "were acknowledged.")

    @Option(help: "Clients that read, one transaction of two selects each.") var readers = 32
    @Option(help: "Clients that write, one transaction of an update and an insert each.") var writers = 8
    @Option(help: "Connections for reading; one more is there for writing.") var connections = 4
    @Option(help: "Seconds that each run is measured.") var duration = 30.0
    @Option(help: "Seconds that each run goes on before that.") var warmup = 1.0
    @Option(help: "How often each contestant runs.") var rounds = 3
    @Option(help: "SQLite's page cache for each connection, in KiB.") var cache = 8192
    @Option(help: "\(Self.names.joined(separator: ", ")); can be repeated. (default: all)")
    var contestant: [String] = []
    @Option(help: "text or json.") var format = Format.text

    enum Format: String, ExpressibleByArgument { case text, json }

    private static var names: [String] {
        Entrant.all.map(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    func validate() throws {
        guard readers >= 0, writers >= 0, readers + writers > 0 else {
            throw ValidationError("--readers and --writers must be at least 0, and one of them more")
        }
        guard connections > 0, rounds > 0, cache > 0 else {
            throw ValidationError("--connections, --rounds and --cache must be at least 1")
        }
        guard duration > 0, warmup >= 0, duration + warmup <= 86_400 else {
            throw ValidationError(
                "--duration must be more than 0, --warmup at least 0, and both together a day at most")
        }
        for name in contestant where !Self.names.contains(name) {
            throw ValidationError("--contestant \(name): unknown; known ones are \(Self.names.joined(separator: ", "))")
        }
    }

    func run() async throws {
        let entrants = Entrant.all.filter { contestant.isEmpty || contestant.contains($0.name) }
        let dataset = try Dataset()
        var report = Report(
            sqlite: dataset.sqliteVersion, readers: readers, writers: writers, connections: connections,
            rows: Dataset.rows, cacheBytes: cache * 1024, warmupS: warmup, durationS: duration, rounds: rounds,
            runs: [], summary: [])
        var complaints: [String] = []
        for round in 1...rounds {
            for entrant in entrants {
                Self.tell("round \(round) of \(rounds): \(entrant.name), clients on \(entrant.clients.rawValue)")
                report.runs.append(try await run(entrant, round: round, on: dataset, &complaints))
            }
        }
        report.summarise(entrants)
        switch format {
        case .text: print(ReportText(report: report).text, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        for complaint in complaints { Self.tell(complaint) }
        if !complaints.isEmpty { throw ExitCode.failure }
    }

    private func run(
        _ entrant: Entrant, round: Int, on dataset: Dataset, _ complaints: inout [String]
    ) async throws -> Report.Run {
        let (measured, commits) = try await dataset.withCopy { path in
            let course = Course(
                path: path, readers: readers, writers: writers, warmup: warmup, duration: duration,
                settings: ConnectionSettings(readers: connections, cacheBytes: cache * 1024))
            let measured = try await entrant.run(course)
            let acknowledged = measured.clients(.writer).map(\.acknowledged)
            return (measured, try Dataset.check(path: path, acknowledged: acknowledged))
        }
        let run = Report.Run(
            round: round, entrant: entrant, measured: measured, commits: commits, duration: duration)
        let place = "\(entrant.name), clients on \(entrant.clients.rawValue), round \(round)"
        complaints += commits.problems.map { "\(place): \($0)" }
        let errors = run.errors.values.reduce(0, +)
        if errors > 0, let first = measured.clients.lazy.compactMap(\.firstError).first {
            complaints.append("\(place): \(errors) operations failed; one of them: \(first)")
        }
        return run
    }

    private static func tell(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}
