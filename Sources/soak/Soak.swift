internal import ArgumentParser

/// What takes too long, or too much of the machine, to be part of the tests.
@main
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak", abstract: "Long runs against a real server that find what short ones miss.",
        subcommands: [CrossTalkCommand.self, MemoryCommand.self])
}
