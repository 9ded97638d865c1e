import MariaDBDriver
import PoolingCore
import PoolingSQL

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

extension LoanID {
    static let first = LoanID(slot: 1, sequence: 1)
    static let second = LoanID(slot: 1, sequence: 2)
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

extension SQLConnection {
    func int(_ query: SQLQuery) async throws -> Int {
        try await self.query(query).first.map { try $0.decode(0, as: Int.self) } ?? -1
    }

    func text(_ query: SQLQuery) async throws -> String {
        try await self.query(query).first.map { try $0.decode(0, as: String.self) } ?? ""
    }
}

/// The `SQLError` that `body` throws; nil if it throws none.
func sqlError<R>(_ body: () async throws -> R) async throws -> SQLError? {
    do {
        _ = try await body()
        return nil
    } catch let error as SQLError {
        return error
    }
}

/// The code of the `PoolError` that `body` throws; nil if it throws none.
func code<R>(of body: () async throws -> R) async throws -> PoolError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as PoolError {
        return error.code
    }
}
