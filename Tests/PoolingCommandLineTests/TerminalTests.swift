#if os(Linux)
    import Foundation
    import Testing

    @Suite("The executable at a terminal and in a pipe", .serialized)
    struct TerminalTests {
        private let wipe = "\r\u{1B}[K"

        @Test("shows its progress on a terminal, wipes it, and has no colour")
        func progress() async throws {
            let result = try await Terminal.run(try bench, environment: ["TERM": "xterm"])
            #expect(result.code == 0, "\(result.out)")
            #expect(result.out.contains("\(wipe)[1/1] sqlite acquire, 1 clients on default executor, pooled"))
            let parts = result.out.components(separatedBy: wipe)
            #expect(parts.last?.contains("operations/s") == true, "the result comes after the progress is wiped")
            #expect(!result.out.replacingOccurrences(of: wipe, with: "").contains("\u{1B}"))
        }

        @Test("writes no control characters where a terminal can't wipe a line", arguments: ["dumb", ""])
        func dumb(_ terminal: String) async throws {
            let result = try await Terminal.run(try bench, environment: ["TERM": terminal])
            #expect(result.code == 0 && result.out.contains("operations/s"), "\(result.out)")
            #expect(!result.out.contains("\u{1B}") && !result.out.contains("[1/1]"))
        }

        @Test("Ctrl-C ends it with the signal, its progress wiped and its folder removed")
        func interrupt() async throws {
            let folder = try TestFolder()
            let result = try await Terminal.run(
                [
                    Tool.executable.path, "bench", "--duration", "1h", "--warmup", "0s", "--output",
                    folder.path("result.txt"), "--report", folder.path("page.html"),
                ],
                environment: ["TERM": "xterm", "TMPDIR": folder.url.path], typing: "\u{03}", once: "[1/18]")
            // As a shell tells of what SIGINT has ended.
            #expect(result.code == 130, "\(result.out)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
            #expect(result.out.contains("[1/18]") && result.out.hasSuffix(wipe), "\(result.out)")
        }

        @Test("ends without a word when nobody reads any more")
        func brokenPipe() async throws {
            for command in [["drivers"], ["--help"], Array(try bench.dropFirst())] {
                let result = try await Tool.run(command, hasReader: false)
                // `Process` gives the number of the signal as the status.
                #expect(result.code == SIGPIPE && result.err.isEmpty, "\(command): \(result.err)")
            }
        }

        @Test("leaves its page even if nobody reads the text")
        func page() async throws {
            let folder = try TestFolder()
            let page = folder.path("page.html")
            let result = try await Tool.run(try bench.dropFirst() + ["--report", page], hasReader: false)
            #expect(result.code == SIGPIPE)
            #expect(try String(contentsOfFile: page, encoding: .utf8).hasSuffix("</html>\n"))
        }

        private var bench: [String] {
            get throws {
                try [
                    Tool.executable.path, "bench", "--duration", "20ms", "--warmup", "0s", "--clients", "1", "--mode",
                    "pooled", "--executor", "default", "--workload", "acquire",
                ]
            }
        }
    }
#endif
