import ArgumentParser
import Foundation
import Testing

@testable import PoolingCommandLine

@Suite("Help of the command line", .serialized)
struct HelpTests {
    private static let commands: [[String]] = [[], ["bench"], ["check"], ["simulate"], ["drivers"]]

    /// The lines of `--help` that can be typed, in words.
    private static func examples(_ command: [String]) async throws -> [[String]] {
        let help = try await Tool.run(command + ["--help"], environment: ["COLUMNS": "120"])
        return help.out.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("  pooling ") else { return nil }
            return line.split(separator: " ").dropFirst().map { $0.trimmingCharacters(in: ["'"]) }
        }
    }

    @Test("each has examples of this command", arguments: commands)
    func examples(_ command: [String]) async throws {
        let examples = try await Self.examples(command)
        #expect((2...4).contains(examples.count), "\(examples)")
        #expect(examples.allSatisfy { $0.starts(with: command) }, "\(examples)")
    }

    @Test("its examples are understood, and those that need no server work", arguments: commands)
    func examplesWork(_ command: [String]) async throws {
        let folder = try TestFolder()
        try "pools: {main: {url: 'sqlite:app.db', max: 4}}".write(
            toFile: folder.path("pools.yaml"), atomically: true, encoding: .utf8)
        try await makeDatabase(in: folder)
        for example in try await Self.examples(command) {
            if example.contains(where: { $0.contains("://") }) {
                _ = try RootCommand.parseAsRoot(example)
                continue
            }
            // What is measured for seconds by default is so only shortly here: the last one of an option counts.
            let short = example.first == "bench" ? ["--duration", "20ms", "--warmup", "0s"] : []
            let result = try await Tool.run(example + short, in: folder)
            // Where the page is, is said there.
            let isQuiet = result.err.isEmpty || result.err.hasPrefix("report: ") && example.contains("--report")
            #expect(result.code == 0 && isQuiet && !result.out.isEmpty, "\(example): \(result.err)")
        }
    }

    /// `check` looks at what is there.
    private func makeDatabase(in folder: TestFolder) async throws {
        let made = try await Tool.run(
            ["bench", "--url", "sqlite:app.db", "--duration", "10ms", "--warmup", "0s", "--clients", "1", "--mode"]
                + ["dedicated", "--executor", "default", "--workload", "acquire"], in: folder)
        #expect(made.code == 0, "\(made.err)")
    }

    @Test("is what the tool says if it is told nothing, with the commands and examples, on stdout")
    func bare() async throws {
        let result = try await Tool.run([])
        #expect(result.code == 0 && result.err.isEmpty)
        for word in ["bench", "check", "simulate", "drivers", "  pooling bench --duration"] {
            #expect(result.out.contains(word), "\(word)")
        }
    }

    @Test("the version is one line, on stdout")
    func version() async throws {
        let result = try await Tool.run(["--version"])
        #expect(result.code == 0 && result.err.isEmpty)
        #expect(result.out.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+)?\n/) != nil, "\(result.out)")
    }

    @Test(
        "what is misspelt is named with what is nearest, and with 2",
        arguments: [
            (["benhc"], "'benhc' is no command; did you mean bench? known ones are bench, check, simulate, drivers"),
            (["dance"], "'dance' is no command; known ones are bench, check, simulate, drivers"),
            (["help", "benhc"], "'benhc' is no command; did you mean bench?"),
            (["postgres://app:hush-canary@db/x"], "'postgres://app:***@db/x' is no command"),
            (["redis://hush-canary@db/x"], "'redis://***@db/x' is no command"),
            (["bench", "--worklod", "insert"], "Unknown option '--worklod'. Did you mean '--workload'?"),
            (["check", "--confg", "x"], "Unknown option '--confg'. Did you mean '--config'?"),
            (["bench", "--workload", "isnert"], "--workload isnert: unknown; did you mean insert? known ones are"),
            (["bench", "--mode", "poled"], "--mode poled: unknown; did you mean pooled?"),
            (["bench", "--scenario", "spkie"], "--scenario spkie: unknown; did you mean spike?"),
            (["drivers", "--format", "jsn"], "--format jsn: unknown; did you mean json? known ones are text, json"),
            (["simulate", "--rate", "1", "--arrivals", "posson"], "--arrivals posson: unknown; did you mean poisson?"),
            (["check", "--url", "sqlit:a.db"], "--url sqlit:a.db: no driver has this scheme; did you mean sqlite:?"),
        ] as [([String], String)])
    func misspelt(_ arguments: [String], _ message: String) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.code == 2 && result.out.isEmpty)
        #expect(result.err.contains(message), "\(result.err)")
        #expect(!result.err.contains("hush-canary"))
    }

    @Test("an option that several commands have is told in the same words by each")
    func sameWords() async throws {
        var texts: [String: Set<String>] = [:]
        for command in ["bench", "check", "simulate", "drivers"] {
            let help = try await Tool.run([command, "--help"], environment: ["COLUMNS": "1000"])
            for line in help.out.split(separator: "\n") {
                for option in ["--url", "--config", "--pool", "--instances", "--format", "--output"]
                where line.hasPrefix("  \(option) <") {
                    let text = line.drop { $0 != ">" }.dropFirst().trimmingCharacters(in: .whitespaces)
                    texts[option, default: []].insert(text)
                }
            }
        }
        #expect(texts.count == 6)
        for (option, text) in texts { #expect(text.count == 1, "\(option): \(text)") }
    }
}
