import Foundation
import PoolingCore

/// The executable at a terminal of its own, which `script` makes. What a person would see is in `out`.
enum Terminal {
    /// - Parameters:
    ///   - text: what is typed once `sign` is on the screen; `\u{03}` is Ctrl-C.
    static func run(
        _ command: [String], environment: [String: String], typing text: String = "", once sign: String = ""
    ) async throws -> Tool.Result {
        try await BlockingExecutor.shared.run { try runAndWait(command, environment, text, sign) }
    }

    private static func runAndWait(
        _ command: [String], _ environment: [String: String], _ text: String, _ sign: String
    ) throws -> Tool.Result {
        let folder = try TestFolder()
        let screen = folder.path("screen")
        _ = FileManager.default.createFile(atPath: screen, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let words = command.map { "'\($0)'" }.joined(separator: " ")
        process.arguments = ["script", "--quiet", "--return", "--command", "exec \(words)", "/dev/null"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let keyboard = Pipe()
        process.standardInput = keyboard
        process.standardOutput = FileHandle(forWritingAtPath: screen)
        process.standardError = FileHandle.nullDevice
        // A shell ignores some signals for what it runs in the background, and that is inherited.
        let inherited = signal(SIGINT, SIG_DFL)
        defer { signal(SIGINT, inherited) }
        try process.run()
        let deadline = ContinuousClock.now + .seconds(120)
        func shown() throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: screen)), as: UTF8.self)
        }
        if !text.isEmpty {
            while process.isRunning, try !shown().contains(sign), ContinuousClock.now < deadline { usleep(1000) }
            try keyboard.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        }
        while process.isRunning, ContinuousClock.now < deadline { usleep(1000) }
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
        return Tool.Result(code: process.terminationStatus, out: try shown(), err: "")
    }
}
