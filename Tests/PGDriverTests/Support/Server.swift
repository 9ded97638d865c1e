import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
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

extension LoanID {
    static let first = LoanID(slot: 1, sequence: 1)
    static let second = LoanID(slot: 1, sequence: 2)
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

/// Asks again until `condition` holds.
/// - Returns: false if it does not within 30 s.
func comes(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        if ContinuousClock.now > deadline { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
