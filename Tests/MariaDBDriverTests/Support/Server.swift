import MariaDBDriver
import PoolingCore
import PoolingSQL
import TestServers

/// Connections to the server that the tests share.
enum Server {
    /// In plaintext: TLS has tests of its own.
    static var configuration: MariaDBConfiguration {
        get throws {
            MariaDBConfiguration(
                hosts: [MariaDBHost("127.0.0.1", port: try MariaDBServer.shared.port)],
                user: MariaDBServer.user, password: .fixed(SQLSecret(MariaDBServer.password)),
                database: MariaDBServer.database, tls: MariaDBTLS(mode: .disable))
        }
    }

    static var driver: MariaDB { MariaDB(try! configuration) }

    /// Who may see and end other sessions.
    static var superuser: MariaDB {
        var driver = driver
        driver.configuration.user = MariaDBServer.superuser
        driver.configuration.password = .fixed(SQLSecret(MariaDBServer.superuserPassword))
        return driver
    }
}

extension MariaDB {
    /// A connection on loan for the time of `body`; taken back and closed afterwards.
    @discardableResult func lending<R: Sendable>(
        _ body: (MariaDBHandle, MariaDBConnection) async throws -> R
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

    func close(_ connection: MariaDBConnection) async {
        await close(connection, reason: .shutdown, deadline: .now + .seconds(5))
    }
}
