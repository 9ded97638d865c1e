import Foundation
package import PGDriver
import PoolingCore
package import PoolingSQL
package import TestServers
import Testing

/// The superuser's connections to the server that the tests share.
enum Server {
    /// In plaintext: TLS has tests of its own.
    static var configuration: PostgresConfiguration {
        get throws {
            PostgresConfiguration(
                hosts: [PostgresHost("127.0.0.1", port: try PostgresServer.sharedBlocking.port)],
                user: PostgresServer.superuser, password: .fixed(PostgresSecret(PostgresServer.superuserPassword)),
                tls: PostgresTLS(mode: .disable))
        }
    }

    static var driver: Postgres { Postgres(try! configuration) }
}

extension Postgres: TestedDriver {
    package static var observing: Postgres { Server.driver }
    package static func proxied(_ name: String) async throws -> TestServers.ProxiedServer<Postgres> {
        try ProxiedServer(name)
    }
    package static func sleep(_ seconds: Double) -> SQLQuery { "SELECT 0 FROM pg_sleep(\(seconds))" }
    package static var ownSession: SQLQuery { "SELECT pg_backend_pid()" }
    package static func activity(of session: Int) -> SQLQuery {
        "SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(session) AND state = 'active'"
    }
    package static func presence(of session: Int) -> SQLQuery {
        "SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(session)"
    }
    package static func series(_ columns: String, to end: Int) -> SQLQuery {
        "SELECT \(unsafe: columns) FROM generate_series(1, \(end)) x"
    }
}

extension PGHandle: TestedHandle {
    /// The process that serves this session.
    func process() async throws -> Int { try await int(Postgres.ownSession) }
}
