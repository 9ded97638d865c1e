import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The service as a process of its own, with a database of its own.
final class Server: Sendable {
    let port: Int
    private let process: Process
    private let folder: URL

    struct Refused: Error {
        var output: String
    }

    /// Returns when it listens.
    init(notice: Duration) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("web-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Self.executable
        process.environment = ProcessInfo.processInfo.environment.merging([
            "DATABASE_URL": "sqlite:\(folder.path)/bank.db", "PORT": "0",
            "NOTICE_MS": "\(notice.components.seconds * 1000 + notice.components.attoseconds / 1_000_000_000_000_000)",
        ]) { $1 }
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
        throw Refused(output: (try? String(contentsOf: out, encoding: .utf8)) ?? "")
    }

    func terminate() { kill(process.processIdentifier, SIGTERM) }

    /// - Returns: the status, or nil if it has not ended by then.
    func exitCode(within limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + limit
        while process.isRunning {
            if ContinuousClock.now > deadline { return nil }
            try await Task.sleep(for: .milliseconds(5))
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// Beside the test bundle.
    private static var executable: URL {
        Bundle.main.executableURL!.deletingLastPathComponent().appendingPathComponent("WebService")
    }
}

/// One client with a connection of its own that it keeps.
struct Client: Sendable {
    let server: Server
    private let session = URLSession(configuration: .ephemeral)

    struct Reply: Sendable {
        var status: Int
        var text: String
    }

    init(_ server: Server) { self.server = server }

    func get(_ path: String) async throws -> Reply { try await send("GET", path) }
    func post(_ path: String) async throws -> Reply { try await send("POST", path) }

    private func send(_ method: String, _ path: String) async throws -> Reply {
        var request = URLRequest(url: URL(string: "http://127.0.0.1:\(server.port)/\(path)")!)
        request.httpMethod = method
        request.timeoutInterval = 30
        let (data, response) = try await session.data(for: request)
        return Reply(
            status: (response as? HTTPURLResponse)?.statusCode ?? 0, text: String(decoding: data, as: UTF8.self))
    }
}
