internal import Foundation
internal import PoolingCore

/// A real MariaDB server on loopback and a unix socket, with TLS: see scripts/mariadb.sh.
package final class MariaDBServer: Sendable {
    package static let user = "app"
    package static let password = "app-canary-93b7"
    package static let database = "app"
    package static let superuser = "root"
    package static let superuserPassword = "root-canary-5c1e"

    /// Below which this process has its servers. Waiting for it blocks.
    package static let root = Result { try ServerRoot(script: "mariadb") }

    package let name: String
    package let root: ServerRoot
    package let port: Int

    /// The one that all tests of the process share, which nobody may stop, freeze or reconfigure; started on the thread of
    /// the caller if nobody has asked for it before.
    package static var shared: MariaDBServer { get throws { try sharedOnce.get() } }
    private static let sharedOnce = Result { try MariaDBServer(named: "shared", settings: []) }

    /// Runs `body` with a server of its own, which is removed afterwards.
    /// - Parameter settings: as in my.cnf: `wait_timeout=1`.
    package static func isolated<R: Sendable>(
        _ settings: String..., body: (MariaDBServer) async throws -> R
    ) async throws -> R {
        let server = try await Command.executor.run {
            try MariaDBServer(named: root.get().nextName(), settings: settings)
        }
        let result: Result<R, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        try await server.root.run("remove", server.root.folder, server.name)
        return try result.get()
    }

    /// Starts it on the thread of the caller.
    private init(named name: String, settings: [String]) throws {
        root = try Self.root.get()
        self.name = name
        _ = try root.command(["create", root.folder, name] + settings).runBlocking()
        let number = try String(contentsOfFile: "\(root.folder)/\(name)/port", encoding: .utf8)
        port = Int(number.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    package var home: String { "\(root.folder)/\(name)" }
    package var socket: String { "\(home)/socket" }
    /// A file of scripts/mariadb.sh's certificates folder: `authority.crt`, `client.key`.
    package func certificate(_ name: String) -> String { "\(root.folder)/certificates/\(name)" }

    package func start() async throws { try await root.run("start", root.folder, name) }
    package func stop(_ signal: String = "TERM") async throws { try await root.run("stop", root.folder, name, signal) }

    /// Freezes it with SIGSTOP, and thaws it with SIGCONT: connections are accepted by the system, and nobody answers.
    package func signal(_ signal: Int32) async throws {
        // It answers before it has written its number down.
        var process: pid_t = 0
        _ = try await eventually {
            let text = (try? String(contentsOfFile: "\(home)/pid", encoding: .utf8)) ?? ""
            process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
            return process > 1
        }
        guard process > 1, kill(process, signal) == 0 else {
            throw Command.Failure(command: "kill \(process)", status: errno, output: "")
        }
        // It has many threads, of which the first one that is told tells the others: one of them may still answer by then.
        if signal == SIGSTOP { _ = try await eventually { Self.isStopped(process) } }
    }

    /// Whether every thread of the process has stopped; true where there is no /proc.
    private static func isStopped(_ process: pid_t) -> Bool {
        let tasks = "/proc/\(process)/task"
        return (try? FileManager.default.contentsOfDirectory(atPath: tasks))?.allSatisfy { task in
            // The state stands behind the name, which is in parentheses and may have some itself.
            let status = try? String(contentsOfFile: "\(tasks)/\(task)/stat", encoding: .utf8)
            return status?.split(separator: ")").last?.hasPrefix(" T") != false
        } ?? true
    }
}
