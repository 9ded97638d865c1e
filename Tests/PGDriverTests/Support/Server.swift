import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers
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

extension Postgres {
    /// A connection on loan for the time of `body`; taken back and closed afterwards.
    @discardableResult func lending<R: Sendable>(
        _ body: (PGHandle, PGConnection) async throws -> R
    ) async throws -> R {
        let connection = try await connect()
        let result: Result<R, any Error>
        do {
            result = .success(try await body(lend(connection, loan: .first), connection))
        } catch {
            result = .failure(error)
        }
        reclaim(connection, loan: .first)
        await close(connection)
        return try result.get()
    }

    func close(_ connection: PGConnection) async {
        await close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }
}
