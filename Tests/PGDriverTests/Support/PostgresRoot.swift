import Foundation
import PoolingCore

/// The folder below which this test process has its servers, made when the first one is asked for.
///
/// A child process holds the other end of a pipe and removes everything once this process has ended, whatever ended it.
actor PostgresRoot {
    static let shared = PostgresRoot()

    private var prepared: Task<String, any Error>?
    private var sharedServer: Task<PostgresServer, any Error>?
    private var count = 0
    /// Kept open for as long as the process lives.
    private var leash: Pipe?

    func folder() async throws -> String {
        if let prepared { return try await prepared.value }
        let pipe = Pipe()
        leash = pipe
        let task = Task { try await Self.prepare(leash: pipe) }
        prepared = task
        return try await task.value
    }

    func server() async throws -> PostgresServer {
        if let sharedServer { return try await sharedServer.value }
        let task = Task { try await PostgresServer(named: "shared", settings: []) }
        sharedServer = task
        return try await task.value
    }

    func nextName() -> String {
        count += 1
        return "isolated-\(count)"
    }

    private static func prepare(leash: Pipe) async throws -> String {
        // Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
        var template = Array("/tmp/pooling-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Command.Failure(command: "mkdtemp", status: errno, output: "") }
        let root = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        _ = try guardian(of: root, leash: leash)
        try await run("prepare", root)
        return root
    }

    /// A process that removes everything below `root` when the writing end of `leash` is closed.
    static func guardian(of root: String, leash: Pipe) throws -> Process {
        // Another child that inherits the end that we hold would keep the guard waiting.
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let guardian = Process()
        guardian.executableURL = URL(fileURLWithPath: "/bin/bash")
        guardian.arguments = [script, "guard", root]
        guardian.standardInput = leash
        guardian.standardOutput = FileHandle.nullDevice
        guardian.standardError = FileHandle.nullDevice
        try guardian.run()
        return guardian
    }

    static func run(_ arguments: String...) async throws { try await run(arguments) }

    static func run(_ arguments: [String]) async throws {
        _ = try await Command("/bin/bash", [script] + arguments).run()
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../scripts/postgres.sh").standardizedFileURL.path
}
