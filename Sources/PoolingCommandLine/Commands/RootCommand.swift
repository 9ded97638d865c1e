internal import ArgumentParser

/// Of the tool. The date is that of the man page: when the version became what it is.
enum Version {
    static let text = "0.1.0-dev"
    static let date = "2026-11-22"
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pooling",
        abstract: "Measures connection pools and what is behind them.",
        discussion:
            "Exit codes: 0 done, 1 a run had errors or a check failed, 2 bad usage, 3 cannot connect. The output has no "
            + "colour; progress is shown on a terminal only.\n\n"
            + "  pooling bench --duration 1s --max 1,2,4,8\n"
            + "  pooling check --config pools.yaml --instances 4\n"
            + "  pooling simulate --rate 300 --max 4,8,16",
        version: Version.text,
        subcommands: [
            BenchCommand.self, CheckCommand.self, SimulateCommand.self, DriversCommand.self, ReportCommand.self,
            ManualCommand.self,
        ])
}
