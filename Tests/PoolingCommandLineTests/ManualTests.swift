import Testing

@testable import PoolingCommandLine

@Suite("The man page and completions")
struct ManualTests {
    @Test("the man page has every command with its options, as --help has")
    func manual() async throws {
        let page = try await Tool.run(["manual"])
        #expect(page.code == 0 && page.out.hasPrefix(".TH POOLING 1 20"))
        #expect(page.out.contains("\n.SH NAME\npooling \\- "))
        #expect(page.out.utf8.allSatisfy { $0 < 128 } && page.out.contains("pool_\\[u2026] parameters"))
        for section in ["BENCH", "CHECK", "SIMULATE", "DRIVERS", "REPORT"] {
            #expect(page.out.contains(".SH POOLING \(section)\n"), "\(section)")
        }
        #expect(!page.out.contains("POOLING MANUAL") && !page.out.contains("POOLING HELP"))
        #expect(page.out.contains("\\fB\\-\\-server\\-limit\\fR \\fIserver-limit\\fR\n"), "\(page.out)")
        #expect(page.out.contains("Exit codes: 0 done"))
        // No text is taken for a macro.
        let macros = [".TH", ".SH", ".TP", ".PP", ".B", ".nf", ".fi"]
        for line in page.out.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(macros.contains { line == $0 || line.hasPrefix("\($0) ") }, "\(line)")
        }
        let help = try await Tool.run(["--help"])
        #expect(!help.out.contains("manual") && help.out.contains("simulate"))
    }

    @Test("each shell's completions know the commands", arguments: ["bash", "zsh", "fish"])
    func completions(_ shell: String) async throws {
        let script = try await Tool.run(["--generate-completion-script", shell])
        #expect(script.code == 0 && script.err.isEmpty)
        for word in ["bench", "check", "simulate", "drivers", "report", "dry-run"] {
            #expect(script.out.contains(word), "\(word)")
        }
    }
}
