import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers

extension MariaDBServer {
    /// Connections to it in plaintext, as `user`.
    func driver(as user: String) -> MariaDB {
        let password = user == Self.superuser ? Self.superuserPassword : Self.password
        return MariaDB(
            MariaDBConfiguration(
                hosts: [MariaDBHost("127.0.0.1", port: port)], user: user, password: .fixed(SQLSecret(password)),
                database: Self.database, tls: MariaDBTLS(mode: .disable)),
            // A machine that has other work takes its time to open the session that stops a statement.
            cancelTimeout: .seconds(20))
    }

    /// The first cell of what the superuser asks.
    func int(_ query: SQLQuery) async throws -> Int {
        try await driver(as: Self.superuser).lending { (handle, _) async throws -> Int in try await handle.int(query) }
    }

    func sessions(of user: String) async throws -> Int {
        try await int("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = \(user)")
    }

    /// Whether the session executes something at this moment.
    func isRunning(_ session: Int) async throws -> Bool {
        try await int(
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session) AND COMMAND <> 'Sleep'") == 1
    }

    /// One of the server's own counters: `Aborted_connects`.
    func counter(_ name: String) async throws -> Int {
        try await int(
            "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = \(name)")
    }

    /// Ends a session as an administrator does.
    func end(_ session: Int) async throws { _ = try await int("KILL \(session)") }

    /// Waits until the server has it no more, and this side could know.
    func isGone(_ session: Int) async throws -> Bool {
        let isGone = try await eventually {
            try await int("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = \(session)") == 0
        }
        try await HangUps.areNoticed()
        return isGone
    }
}
