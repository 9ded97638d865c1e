import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

struct Failed: Error {
    var output: String
}

/// The service as a process of its own, in a folder of its own.
final class Server: Sendable {
    let port: Int
    private let process: Process
    private let folder: URL

    /// Returns when it listens.
    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("observed-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Bundle.main.executableURL!.deletingLastPathComponent()
            .appendingPathComponent("ObservedService")
        process.environment = ProcessInfo.processInfo.environment.merging(["FOLDER": folder.path, "PORT": "0"]) { $1 }
        let out = folder.appendingPathComponent("out")
        _ = FileManager.default.createFile(atPath: out.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = process.standardOutput
        try process.run()
        port = try await Self.port(toldIn: out, by: process)
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func port(toldIn out: URL, by process: Process) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(60)
        while process.isRunning, ContinuousClock.now < deadline {
            let text = try String(contentsOf: out, encoding: .utf8)
            // A line that is not whole yet is no answer.
            if let said = text.firstMatch(of: /listening on port (\d+)\n/), let port = Int(said.1) { return port }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failed(output: (try? String(contentsOf: out, encoding: .utf8)) ?? "")
    }

    /// What it has logged so far.
    var log: String { (try? String(contentsOf: folder.appendingPathComponent("out"), encoding: .utf8)) ?? "" }

    /// - Returns: the status, or nil if it has not ended within a minute of SIGTERM.
    func end() async throws -> Int32? {
        kill(process.processIdentifier, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(60)
        while process.isRunning {
            if ContinuousClock.now > deadline { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    func get(_ path: String) async throws -> (status: Int, text: String) {
        var request = URLRequest(url: URL(string: "http://127.0.0.1:\(port)/\(path)")!)
        request.timeoutInterval = 60
        request.setValue("close", forHTTPHeaderField: "Connection")
        let session = URLSession(configuration: .ephemeral)
        defer { session.finishTasksAndInvalidate() }
        let (data, response) = try await session.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    /// Does something with every pool, some of it in vain, and closes connections.
    func load() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<8 {
                let pool = client % 2 == 0 ? "orders" : "reports"
                group.addTask { for _ in 0..<20 { _ = try await self.get("work/\(pool)") } }
            }
            try await group.waitForAll()
        }
        for _ in 0..<3 { _ = try await get("exhaust/audit") }
        _ = try await get("recycle/orders")
    }
}

/// promtool, of Debian's package prometheus.
enum Promtool {
    /// - Returns: its status, and what it says.
    static func run(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("promtool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (inputFile, outputFile) = (folder.appendingPathComponent("in"), folder.appendingPathComponent("out"))
        try input.write(to: inputFile, atomically: true, encoding: .utf8)
        _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["promtool"] + arguments
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: outputFile, encoding: .utf8))
    }
}
