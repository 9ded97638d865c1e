internal import ArgumentParser
internal import Foundation

/// The man page, made from what the argument parser knows, so that it says what `--help` says.
struct ManualPage {
    private struct Tool: Decodable { var command: Command }

    private struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var arguments: [Argument]?
        var subcommands: [Command]?
        var shouldDisplay: Bool?
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var names: [Name]?
        var valueName: String?
        var abstract: String?
        var defaultValue: String?
        var shouldDisplay: Bool?
    }

    private let tool: Tool

    /// - Throws: if the parser describes itself in a way that is not known here.
    init() throws { tool = try JSONDecoder().decode(Tool.self, from: Data(RootCommand._dumpHelp().utf8)) }

    /// For `man`, in its macros.
    var text: String {
        let root = tool.command
        var lines = [
            ".TH \(root.commandName.uppercased()) 1 \(Version.date) \"\(root.commandName) \(Version.text)\"",
            ".SH NAME",
            "\(root.commandName) \\- \(Self.escaped(root.abstract ?? ""))", ".SH SYNOPSIS",
            ".B \(root.commandName)", "\\fIcommand\\fR [\\fIoptions\\fR]", ".SH DESCRIPTION",
        ]
        lines += Array(Self.paragraphs(root.discussion).map { [$0] }.joined(separator: [".PP"]))
        for command in root.subcommands ?? [] where command.shouldDisplay ?? true && command.commandName != "help" {
            lines.append(".SH \(root.commandName.uppercased()) \(command.commandName.uppercased())")
            lines.append(Self.escaped(command.abstract ?? ""))
            lines += Self.paragraphs(command.discussion).flatMap { [".PP", $0] }
            for argument in command.arguments ?? [] where argument.shouldDisplay ?? true {
                lines += Self.lines(argument)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ argument: Argument) -> [String] {
        let names = (argument.names ?? []).map { name in
            (name.kind == "long" ? "\\-\\-" : "\\-") + escaped(name.name).replacing("-", with: "\\-")
        }
        let value = argument.kind == "option" ? " \\fI\(argument.valueName ?? "value")\\fR" : ""
        var text = escaped(argument.abstract ?? "")
        if let usual = argument.defaultValue, !text.contains("(default") { text += " (default: \(escaped(usual)))" }
        return [".TP", "\\fB\(names.joined(separator: "\\fR, \\fB"))\\fR\(value)", text]
    }

    /// Lines that begin with spaces are examples, and stay lines.
    private static func paragraphs(_ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        return text.split(separator: "\n\n").map { paragraph in
            let isSample = paragraph.hasPrefix("  ")
            let body = escaped(String(paragraph))
            return isSample ? ".nf\n\(body)\n.fi" : body
        }
    }

    /// A backslash begins an escape, and a full stop or an apostrophe at the begin of a line a macro. What is not ASCII goes by
    /// its number: how a page is encoded, nobody tells its reader.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\e").split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : String(line)
        }.joined(separator: "\n").unicodeScalars.map { scalar in
            if scalar.isASCII { return String(scalar) }
            let number = String(scalar.value, radix: 16, uppercase: true)
            return "\\[u\(String(repeating: "0", count: Swift.max(0, 4 - number.count)))\(number)]"
        }.joined()
    }
}
