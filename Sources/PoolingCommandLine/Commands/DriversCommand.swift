internal import ArgumentParser

struct DriversCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drivers", abstract: "Lists the drivers, the URLs that choose them and what they can run.",
        discussion: "  pooling drivers\n  pooling drivers --format json")

    @OptionGroup var result: ResultOptions

    func run(with registry: DriverRegistry) throws {
        let text =
            switch try OutputFormat(option: result.format) {
            case .text: Self.table(registry) + "\n"
            case .json: try ReportJSON.text(DriverList(registry))
            }
        if let output = result.output {
            try OutputFile(path: output).write(text)
        } else {
            try StandardStreams.write(text)
        }
    }

    private static func table(_ registry: DriverRegistry) -> String {
        var table = TextTable(columns: [
            .init(title: "driver"), .init(title: "URL schemes"), .init(title: "without URL"), .init(title: "workloads"),
        ])
        table.rows = registry.drivers.map {
            [
                $0.name, $0.schemes.joined(separator: ", "), $0.embeddedURL("…") ?? "-",
                $0.workloads.map(\.rawValue).joined(separator: ", "),
            ]
        }
        return table.text
    }
}

/// `pooling drivers --format json`, schema 1.
struct DriverList: Codable, Sendable, Equatable {
    struct Driver: Codable, Sendable, Equatable {
        var name: String
        var schemes: [String]
        /// Whether it can run without a URL, on a file of its own.
        var embedded: Bool
        var workloads: [String]
    }

    var schema = 1
    var drivers: [Driver]

    init(_ registry: DriverRegistry) {
        drivers = registry.drivers.map {
            Driver(
                name: $0.name, schemes: $0.schemes, embedded: $0.embeddedURL("") != nil,
                workloads: $0.workloads.map(\.rawValue))
        }
    }
}
