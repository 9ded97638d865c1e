internal import ArgumentParser

/// Which pools of a file, for every command that takes some.
struct FileOptions: ParsableArguments {
    @Option(help: "A YAML or JSON file of pools.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: [String] = []
    @Option(help: "One of its pools, by name; can be repeated. (default: all)") var pool: [String] = []

    /// Empty without a file.
    /// - Throws: ``CommandFailure`` with every mistake that the file has.
    func pools(_ registry: DriverRegistry) async throws -> [WrittenPool] {
        guard config.count < 2 else {
            throw CommandFailure.usage("--config is given \(config.count) times: the pools of one file are taken")
        }
        guard let config = config.first else {
            guard let name = pool.first else { return [] }
            throw CommandFailure.usage("--pool \(name): there is no --config that it could be from")
        }
        if config.isEmpty { throw CommandFailure.usage("--config is empty: name a file") }
        return try await WrittenPool.all(inFile: config, named: pool, registry)
    }
}

/// How often there are these pools, for every command that takes a whole service.
struct ServiceOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Instances of the service, each of which has these pools.")
    var instances = 1
}

/// What becomes of a result, for every command that has one.
struct ResultOptions: ParsableArguments {
    @Option(help: "text or json.", completion: .list(["text", "json"])) var format = "text"
    @Option(help: "A file for the result, instead of standard output.", completion: .file()) var output: String?
}
