import Foundation
import PGDriver
import TestServers

extension PostgresServer {
    /// The superuser's connections to it, in plaintext.
    var driver: Postgres {
        var driver = Server.driver
        driver.configuration.hosts = [PostgresHost("127.0.0.1", port: port)]
        driver.configuration.database = Self.database
        return driver
    }

    /// Starts it so that it is starting up until `body` returns: it waits for a log file that nobody has.
    func starting<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        let gate = "\(home)/gate"
        try? FileManager.default.removeItem(atPath: gate)
        try configure("restore_command=until test -e \(gate); do sleep 0.02; done; false")
        let signal = "\(home)/data/recovery.signal"
        _ = FileManager.default.createFile(atPath: signal, contents: nil)
        // The server removes it, and is another user.
        chmod(signal, 0o666)
        let starting = Task { try await start() }
        let result: Result<R, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        _ = FileManager.default.createFile(atPath: gate, contents: nil)
        try await starting.value
        return try result.get()
    }

    /// Makes sessions read-only unless they ask for something else, or takes that back: what a primary looks like that has
    /// lost its role.
    func setReadOnly(_ isReadOnly: Bool) async throws {
        try await psql("ALTER SYSTEM SET default_transaction_read_only = \(isReadOnly ? "on" : "off")")
        try await psql("SELECT pg_reload_conf()")
        // The postmaster passes it on.
        let state = isReadOnly ? "on" : "off"
        _ = try await eventually { try await psql("SHOW default_transaction_read_only") == [state] }
    }
}
