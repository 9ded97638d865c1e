package import Foundation
internal import PoolingCore

/// A real PostgreSQL server on loopback and a unix socket, with SCRAM and TLS: see scripts/postgres.sh.
package final class PostgresServer: Sendable {
    /// Who owns the database; no superuser.
    package static let user = "app"
    package static let password = "app-canary-93b7"
    package static let database = "app"
    package static let superuser = "postgres"
    package static let superuserPassword = "postgres-canary-5c1e"

    package enum ShutdownMode: String, Sendable { case smart, fast, immediate }

    /// Below which this process has its servers. Waiting for it blocks.
    package static let root = Result { try ServerRoot(script: "postgres") }

    package let name: String
    package let root: ServerRoot
    package let port: Int

    /// The one that all tests of the process share, which nobody may stop, freeze or reconfigure.
    package static var shared: PostgresServer {
        get async throws { try await Command.executor.run { try sharedBlocking } }
    }
    /// The same one, started on the thread of the caller if nobody has asked for it before.
    package static var sharedBlocking: PostgresServer { get throws { try sharedOnce.get() } }
    private static let sharedOnce = Result { try PostgresServer(named: "shared", settings: []) }

    /// Runs `body` with a server of its own, which is removed afterwards.
    /// - Parameter settings: as in postgresql.conf: `max_connections=8`.
    package static func isolated<R: Sendable>(
        _ settings: String..., body: (PostgresServer) async throws -> R
    ) async throws -> R {
        let server = try await Command.executor.run {
            try PostgresServer(named: root.get().nextName(), settings: settings)
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

    // MARK: Where

    package var home: String { "\(root.folder)/\(name)" }
    /// The folder of its unix socket: what a client calls the host.
    package var socketFolder: String { "\(home)/socket" }
    package var log: String { get throws { try String(contentsOfFile: "\(home)/log", encoding: .utf8) } }

    /// A file of scripts/postgres.sh's certificates folder: `authority.crt`, `client.key`.
    package func certificate(_ name: String) -> String { "\(root.folder)/certificates/\(name)" }

    // MARK: What happens to it

    package func start() async throws { try await root.run("start", root.folder, name) }
    package func stop(_ mode: ShutdownMode = .fast) async throws {
        try await root.run("stop", root.folder, name, mode.rawValue)
    }

    /// As `pg_ctl restart`: on the same port.
    package func restart(_ mode: ShutdownMode = .fast) async throws {
        try await stop(mode)
        try await start()
    }

    /// Changes settings of postgresql.conf for the next start, or for a reload by SIGHUP to the postmaster.
    package func configure(_ settings: String...) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(home)/data/postgresql.conf"))
        defer { try? handle.close() }
        try handle.seekToEnd()
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1)
            try handle.write(contentsOf: Data("\(parts[0]) = '\(parts.last ?? "")'\n".utf8))
        }
    }

    /// The process that accepts connections.
    package var postmaster: pid_t {
        get throws {
            let file = try String(contentsOfFile: "\(home)/data/postmaster.pid", encoding: .utf8)
            return pid_t(file.prefix { $0 != "\n" }) ?? 0
        }
    }

    /// SIGSTOP freezes it and SIGCONT thaws it: connections are accepted by the system, and nobody answers.
    package func signalPostmaster(_ signal: Int32) throws { try Self.signal(signal, postmaster) }

    /// For the process that serves a connection, as `pg_backend_pid()` tells it.
    package static func signal(_ signal: Int32, _ process: pid_t) throws {
        guard process > 1, kill(process, signal) == 0 else {
            throw Command.Failure(command: "kill \(process)", status: errno, output: String(cString: strerror(errno)))
        }
    }

    /// Runs SQL through `psql` on the unix socket, as the superuser unless `user` says otherwise.
    /// - Returns: the rows, their columns separated by `|`.
    @discardableResult package func psql(_ sql: String, as user: String = superuser) async throws -> [String] {
        let password = user == Self.superuser ? Self.superuserPassword : Self.password
        let place = "host=\(socketFolder) port=\(port) user=\(user) dbname=\(Self.database)"
        let output = try await Command(
            "/usr/bin/env", ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", place, "-c", sql],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "PGPASSWORD": password]
        ).run()
        return output.split(separator: "\n").map(String.init)
    }

    /// The processes that serve `user`'s connections.
    package func backends(of user: String = user) async throws -> [pid_t] {
        try await psql("SELECT pid FROM pg_stat_activity WHERE usename = '\(user)' ORDER BY backend_start")
            .compactMap { pid_t($0) }
    }
}
