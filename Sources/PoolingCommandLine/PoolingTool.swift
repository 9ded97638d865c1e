internal import ArgumentParser
internal import Foundation
internal import PoolingConfiguration

/// The command line, for whatever drivers are registered with it. A driver's own tool is this:
///
///     @main struct Tool {
///         static func main() async {
///             var tool = PoolingTool()
///             tool.drivers.register(MyBenchmarkDriver())
///             await tool.run()
///         }
///     }
public struct PoolingTool: Sendable {
    public var drivers = DriverRegistry()

    public init() {}

    /// Carries out the arguments of this process and ends it: 0 done, 1 a run had errors or a check failed, 2 bad usage, 3 cannot connect.
    public func run() async -> Never {
        exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// Carries out `arguments`.
    /// - Returns: the exit code.
    public func run(_ arguments: [String]) async -> Int32 {
        do {
            try refuseUnknownCommand(arguments)
            switch try RootCommand.parseAsRoot(arguments) {
            case let command as BenchCommand: try await command.run(with: drivers, arguments: arguments)
            case let command as CheckCommand: try await command.run(with: drivers)
            case let command as SimulateCommand: try await command.run(with: drivers)
            case let command as DriversCommand: try command.run(with: drivers)
            case var command: try command.run()
            }
            return 0
        } catch let failure as CommandFailure {
            SignalCleanUp.leaveTheEndToSignal()
            return Self.report(failure)
        } catch {
            return report(error, about: arguments)
        }
    }

    /// The parser would say what it did not expect, and not what there is.
    private func refuseUnknownCommand(_ arguments: [String]) throws(CommandFailure) {
        let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let name = words.first, !name.hasPrefix("-") else { return }
        let commands = RootCommand.configuration.subcommands.map { $0.configuration }
        let names = commands.compactMap { $0.commandName } + ["help"]
        if names.contains(name) { return }
        let known = commands.filter { $0.shouldDisplay }.compactMap { $0.commandName }
        let near = Spelling.nearest(to: name, among: names).map { "did you mean \($0)? " } ?? ""
        throw .usage("'\(shown(name))' is no command; \(near)known ones are \(known.joined(separator: ", "))")
    }

    /// What was typed may be a URL without its option.
    private func shown(_ argument: String) -> String {
        CommandArguments.mayHideSecrets(argument) ? drivers.url(argument).shown : argument
    }

    private static func report(_ failure: CommandFailure) -> Int32 {
        StandardStreams.writeError("Error: \(failure.message)\n")
        return failure.kind.rawValue
    }

    /// What the parser has to say: help and versions go to stdout and are a success, the rest is bad usage.
    private func report(_ error: any Error, about arguments: [String]) -> Int32 {
        var message = RootCommand.fullMessage(for: error)
        // The parser repeats what it does not understand, be it a URL that was typed without its option.
        for argument in arguments {
            let value = argument.hasPrefix("--") ? String(argument.drop { $0 != "=" }.dropFirst()) : argument
            guard CommandArguments.mayHideSecrets(value) else { continue }
            let url = drivers.url(value)
            message = url.redact(message.replacing(value, with: url.shown))
        }
        let text = message.isEmpty || message.hasSuffix("\n") ? message : message + "\n"
        switch RootCommand.exitCode(for: error) {
        case .success:
            do { try StandardStreams.write(text) } catch { return Self.report(error) }
            return 0
        case .validationFailure:
            StandardStreams.writeError(text)
            return CommandFailure.Kind.usage.rawValue
        default:
            StandardStreams.writeError(text)
            return CommandFailure.Kind.failed.rawValue
        }
    }
}
