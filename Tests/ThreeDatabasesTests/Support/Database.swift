import Foundation
import MariaDBDriver
import PGDriver
import PoolingCore
import PoolingSQL
import SQLiteDriver
import TestServers

/// A database that the tests can have. They know it by its URL alone; what else differs stands in `Database+Words.swift`.
enum Database: String, Sendable, CaseIterable {
    case sqlite
    case postgres
    case mariadb

    /// As a program chooses it: by the scheme.
    static func driver(for url: String) throws -> any SQLDriver {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        if SQLite.schemes.contains(scheme) { return try SQLite(url: url) }
        if Postgres.schemes.contains(scheme) { return try Postgres(url: url) }
        if MariaDB.schemes.contains(scheme) { return try MariaDB(url: url) }
        throw UnknownScheme()
    }

    struct UnknownScheme: Error {}

    /// Runs `body` with a driver for this database: SQLite's file is its own, the servers are shared by all tests.
    /// - Parameter options: as they stand in the URL, behind the question mark.
    func open<R>(_ options: String = "", _ body: (any SQLDriver) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pooling-three-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(Self.driver(for: url(folder: folder) + (options.isEmpty ? "" : "?\(options)")))
    }

    private func url(folder: String) throws -> String {
        switch self {
        case .sqlite: return "sqlite:\(folder)/test.db"
        case .postgres:
            let port = try PostgresServer.sharedBlocking.port
            return "postgres://\(PostgresServer.user):\(PostgresServer.password)@127.0.0.1:\(port)/app"
        case .mariadb:
            let port = try MariaDBServer.shared.port
            return "mariadb://\(MariaDBServer.user):\(MariaDBServer.password)@127.0.0.1:\(port)/app"
        }
    }
}
