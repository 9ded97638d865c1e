import Foundation
import PoolingCore

/// The executable that was built along with these tests. Waiting for it blocks a thread that may block, so that tests
/// which run beside it are not starved.
enum Tool {
    struct Result {
        var code: Int32
        var out: String
        var err: String
    }

    /// - Parameters:
    ///   - folder: where it runs; nil: where these tests do.
    ///   - output: what stands for standard output in place of a file that is read afterwards.
    ///   - hasReader: false: standard output is a pipe that nobody reads.
    ///   - signal: what it gets sent once `folder` is not empty any more.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: TestFolder? = nil, output: String? = nil,
        hasReader: Bool = true, signal: (number: Int32, folder: String)? = nil
    ) async throws -> Result {
        let place = folder?.url
        let output = hasReader ? output.map(Output.file) : .pipeWithoutReader
        return try await BlockingExecutor.shared.run { try runAndWait(arguments, environment, place, output, signal) }
    }

    private enum Output {
        case file(String)
        case pipeWithoutReader
    }

    private static func runAndWait(
        _ arguments: [String], _ environment: [String: String], _ place: URL?, _ output: Output?,
        _ signal: (number: Int32, folder: String)?
    ) throws -> Result {
        let process = Process()
        process.executableURL = try executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        if let place { process.currentDirectoryURL = place }
        // Files and not pipes: nothing to drain while it runs.
        let folder = try TestFolder()
        let (out, err) = (folder.path("out"), folder.path("err"))
        for file in [out, err] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        switch output {
        case nil: process.standardOutput = FileHandle(forWritingAtPath: out)
        case .file(let path): process.standardOutput = FileHandle(forWritingAtPath: path)
        case .pipeWithoutReader:
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            process.standardOutput = pipe.fileHandleForWriting
        }
        process.standardError = FileHandle(forWritingAtPath: err)
        try run(process, endedBy: signal)
        return Result(
            code: process.terminationStatus, out: try String(contentsOfFile: out, encoding: .utf8),
            err: try String(contentsOfFile: err, encoding: .utf8))
    }

    private static func run(_ process: Process, endedBy end: (number: Int32, folder: String)?) throws {
        guard let end else {
            try process.run()
            return process.waitUntilExit()
        }
        // A shell ignores some signals for what it runs in the background, and that is inherited.
        let inherited = signal(end.number, SIG_DFL)
        defer { signal(end.number, inherited) }
        try process.run()
        while process.isRunning, try FileManager.default.contentsOfDirectory(atPath: end.folder).isEmpty {
            usleep(1000)
        }
        kill(process.processIdentifier, end.number)
        let deadline = ContinuousClock.now + .seconds(30)
        while process.isRunning, ContinuousClock.now < deadline { usleep(1000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    struct Missing: Error {
        var searched: [String]
    }

    /// Beside the test bundle: `xctest` bundles are folders or files of the products folder, by platform.
    static var executable: URL {
        get throws {
            var searched: [String] = []
            for start in [Bundle.main.executablePath, CommandLine.arguments.first].compactMap(\.self) + bundles {
                var folder = URL(fileURLWithPath: start)
                for _ in 0..<5 {
                    folder.deleteLastPathComponent()
                    let candidate = folder.appendingPathComponent("pooling")
                    var isFolder: ObjCBool = false
                    let exists = FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder)
                    if exists, !isFolder.boolValue { return candidate }
                    searched.append(candidate.path)
                }
            }
            throw Missing(searched: searched)
        }
    }

    private static var bundles: [String] {
        Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    }
}

/// A folder that goes with the test.
final class TestFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

/// A file system with almost no room, for as long as the value lives.
final class SmallDisk {
    let folder: TestFolder

    struct Refused: Error {
        var code: Int32
    }

    init(size: String) throws {
        folder = try TestFolder()
        let code = try Self.command("mount", ["-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder.url.path])
        if code != 0 { throw Refused(code: code) }
    }

    deinit { _ = try? Self.command("umount", ["-l", folder.url.path]) }

    private static func command(_ name: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
