internal import ArgumentParser

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pooling",
        abstract: "Measures connection pools and what is behind them.",
        discussion: "Exit codes: 0 done, 1 a run had errors or a check failed, 2 bad usage, 3 cannot connect.",
        subcommands: [
            BenchCommand.self, CheckCommand.self, SimulateCommand.self, DriversCommand.self, ReportCommand.self,
            ManualCommand.self,
        ])
}
