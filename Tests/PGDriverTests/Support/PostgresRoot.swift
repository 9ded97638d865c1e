import Foundation
import Synchronization

/// The folder below which this test process has its servers, made when the first one is asked for.
///
/// A child process holds the other end of a pipe and removes everything once this process has ended, whatever ended it.
enum PostgresRoot {
    /// Waiting for it blocks.
    static let folder = Result { try prepare() }

    private static let count = Atomic<Int>(0)
    /// Kept open for as long as the process lives.
    private static let leash = Pipe()

    static func nextName() -> String { "isolated-\(count.add(1, ordering: .relaxed).newValue)" }

    private static func prepare() throws -> String {
        // Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
        var template = Array("/tmp/pooling-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Command.Failure(command: "mkdtemp", status: errno, output: "") }
        let root = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        _ = try guardian(of: root, leash: leash)
        _ = try command("prepare", root).runBlocking()
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

    static func run(_ arguments: String...) async throws { _ = try await command(arguments).run() }

    static func command(_ arguments: String...) -> Command { command(arguments) }
    static func command(_ arguments: [String]) -> Command { Command("/bin/bash", [script] + arguments) }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../scripts/postgres.sh").standardizedFileURL.path
}
