package import Foundation
internal import Synchronization

/// The folder below which this test process has its servers of one kind, made when the first one is asked for.
///
/// A child process holds the other end of a pipe and removes everything once this process has ended, whatever ended it.
package final class ServerRoot: Sendable {
    /// Waiting for it blocks.
    package let folder: String
    private let script: String
    private let count = Atomic<Int>(0)
    /// Kept open for as long as the process lives.
    private let leash = Pipe()

    /// - Parameter name: of the script in scripts/ that makes such servers.
    package init(script name: String) throws {
        script =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../scripts/\(name).sh").standardizedFileURL.path
        // Not in TMPDIR: the path of a unix socket has room for a hundred bytes only.
        var template = Array("/tmp/pooling-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Command.Failure(command: "mkdtemp", status: errno, output: "") }
        folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        _ = try guardian(of: folder, leash: leash)
        _ = try command(["prepare", folder]).runBlocking()
    }

    package func nextName() -> String { "isolated-\(count.add(1, ordering: .relaxed).newValue)" }

    /// A process that removes everything below `root` when the writing end of `leash` is closed.
    package func guardian(of root: String, leash: Pipe) throws -> Process {
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

    package func run(_ arguments: String...) async throws { _ = try await command(arguments).run() }

    package func command(_ arguments: [String]) -> Command { Command("/bin/bash", [script] + arguments) }
}
