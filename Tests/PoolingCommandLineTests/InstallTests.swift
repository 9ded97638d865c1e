import Foundation
import PoolingCore
import Testing

/// With the tool that was built along with these tests: a release build takes minutes.
@Suite("make install", .serialized)
struct InstallTests {
    private static let files: Set<String> = [
        "bin/pooling", "share/man/man1/pooling.1", "share/bash-completion/completions/pooling",
        "share/zsh/site-functions/_pooling", "share/fish/vendor_completions.d/pooling.fish",
    ]

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/install.sh").path

    private func install(_ arguments: [String], destination: String? = nil) async throws -> Tool.Result {
        var environment = ["TOOL": try Tool.executable.path]
        environment["DESTDIR"] = destination
        return try await run(["bash", Self.script] + arguments, environment)
    }

    private func run(_ command: [String], _ environment: [String: String] = [:]) async throws -> Tool.Result {
        try await BlockingExecutor.shared.run {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = command
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            let (out, err) = (Pipe(), Pipe())
            (process.standardOutput, process.standardError) = (out, err)
            try process.run()
            // A few lines, for which pipes have room.
            process.waitUntilExit()
            func text(_ pipe: Pipe) -> String {
                String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            }
            return Tool.Result(code: process.terminationStatus, out: text(out), err: text(err))
        }
    }

    private func filesIn(_ folder: String) throws -> Set<String> {
        guard let paths = FileManager.default.enumerator(atPath: folder) else { return [] }
        var files: Set<String> = []
        for case let path as String in paths {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
            if !isFolder.boolValue { files.insert(path) }
        }
        return files
    }

    @Test("puts the tool, its man page and completions below PREFIX, spaces or not, and uninstall takes them away")
    func installs() async throws {
        let folder = try TestFolder()
        let prefix = folder.path("an own/place")
        for _ in 0..<2 {
            let result = try await install(["install", prefix])
            #expect(result.code == 0 && result.err.isEmpty, "\(result.err)")
            #expect(
                Set(result.out.split(separator: "\n").map(String.init)) == Set(Self.files.map { "\(prefix)/\($0)" }))
            #expect(try filesIn(prefix) == Self.files)
        }
        let version = try await run(["\(prefix)/bin/pooling", "--version"])
        #expect(version.code == 0 && !version.out.isEmpty)
        let page = try String(contentsOfFile: "\(prefix)/share/man/man1/pooling.1", encoding: .utf8)
        #expect(page.hasPrefix(".TH POOLING 1"))
        let gone = try await install(["uninstall", prefix])
        #expect(gone.code == 0 && gone.err.isEmpty, "\(gone.err)")
        #expect(try filesIn(prefix).isEmpty)
        #expect(try await install(["uninstall", prefix]).out.isEmpty)
    }

    @Test("puts DESTDIR before PREFIX, for packages")
    func destination() async throws {
        let folder = try TestFolder()
        let result = try await install(["install", "/usr"], destination: folder.url.path)
        #expect(result.code == 0, "\(result.err)")
        #expect(try filesIn(folder.path("usr")) == Self.files)
    }

    @Test("bash completes commands and values with what was installed")
    func completes() async throws {
        let folder = try TestFolder()
        #expect(try await install(["install", folder.url.path]).code == 0)
        let question = """
            source '\(folder.path("share/bash-completion/completions/pooling"))' && complete -p pooling >/dev/null || exit 1
            COMP_WORDS=(pooling si) COMP_CWORD=1 COMP_LINE='pooling si' COMP_POINT=10; _pooling pooling si pooling
            echo "${COMPREPLY[@]}"
            COMP_WORDS=(pooling bench --mode '') COMP_CWORD=3 COMP_LINE='pooling bench --mode ' COMP_POINT=21 COMPREPLY=()
            _pooling pooling '' --mode
            echo "${COMPREPLY[@]}"
            """
        let result = try await run(["bash", "--norc", "-c", question])
        #expect(result.code == 0 && result.out == "simulate\npooled dedicated unpooled\n", "\(result.out)\(result.err)")
    }

    @Test(
        "says in a sentence where nothing can be put, before anything is built",
        arguments: [
            ("/proc/nowhere", "nothing can be written into /proc"), ("/etc/hostname/x", "/etc/hostname is no folder"),
            ("relative", "PREFIX=relative must be an absolute path"),
        ])
    func refuses(_ prefix: String, _ message: String) async throws {
        let result = try await install(["install", prefix])
        #expect(result.code != 0 && result.out.isEmpty)
        #expect(result.err.hasPrefix("make install: ") && result.err.contains(message), "\(result.err)")
        #expect(result.err.count { $0 == "\n" } == 1, "\(result.err)")
    }
}
