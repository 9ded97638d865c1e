internal import ArgumentParser

/// For `make install`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints the man page.", shouldDisplay: false)

    func run() throws { try StandardStreams.write(try ManualPage().text) }
}
