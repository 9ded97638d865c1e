import Foundation
import PGDriver
import PoolingSQL
import TestServers

/// A real PgBouncer in front of the server that the tests share: it pools transactions, and has two sessions.
enum Pooler {
    static let sessions = 2

    private static let port = Result { () throws -> Int in
        let server = try PostgresServer.sharedBlocking
        _ = try server.root.command(["pooler", server.root.folder, server.name, "default_pool_size=\(sessions)"])
            .runBlocking()
        let number = try String(contentsOfFile: "\(server.home)/pooler/port", encoding: .utf8)
        return Int(number.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    static var driver: Postgres {
        get throws {
            var driver = Postgres(
                PostgresConfiguration(
                    hosts: [PostgresHost("127.0.0.1", port: try port.get())], user: PostgresServer.user,
                    password: .fixed(PostgresSecret(PostgresServer.password)), database: PostgresServer.database,
                    tls: PostgresTLS(mode: .disable), pooler: .transactions))
            // A cancel request goes through the pooler, too, which the tests keep busy.
            driver.cancelTimeout = .seconds(10)
            return driver
        }
    }
}
