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
    private let bank: Bank

    struct Refused: Error {
        var output: String
    }

    /// Returns when it listens.
    init(_ bank: Bank, notice: Duration) async throws {
        self.bank = bank
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("web-service-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Self.executable
        process.environment = ProcessInfo.processInfo.environment.merging([
            "DATABASE_URL": bank.url ?? "sqlite:\(folder.path)/bank.db", "PORT": "0",
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

/// The database of a service.
final class Bank: Sendable {
    /// nil: a file beside the service.
    let url: String?
    private let root: URL?

    static let file = Bank()

    private init() { (url, root) = (nil, nil) }

    /// A PostgreSQL server for one test.
    init(postgres: Void) throws {
        // Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
        let root = URL(fileURLWithPath: "/tmp/bank-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        self.root = root
        try Self.script("prepare", root.path)
        try Self.script("create", root.path, "bank")
        let port = try String(contentsOf: root.appendingPathComponent("bank/port"), encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        url = "postgres://app:app-canary-93b7@127.0.0.1:\(port)/app?sslmode=disable"
    }

    deinit {
        guard let root else { return }
        try? Self.script("remove", root.path, "bank")
        try? FileManager.default.removeItem(at: root)
    }

    private static func script(_ arguments: String...) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../../scripts/postgres.sh").standardizedFileURL
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script.path] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Server.Refused(output: arguments.joined(separator: " ")) }
    }
}

/// Of which kind.
enum Backend: CaseIterable, Sendable {
    case postgres, sqlite

    func bank() throws -> Bank { self == .postgres ? try Bank(postgres: ()) : .file }
}
