import Foundation
import PGDriver
import PoolingCore
import PoolingSQL
import TestServers

/// A connection of its own to see what the server does on others.
final class Observer: Sendable {
    private let pool: Pool<Postgres>

    init(_ driver: Postgres = Server.driver) throws {
        pool = try Pool(driver, configuration: PoolConfiguration(max: 1))
    }

    func int(_ query: SQLQuery) async throws -> Int { try await pool.withConnection { try await $0.int(query) } }

    /// Whether the session executes something at this moment.
    func isActive(_ process: Int) async throws -> Bool {
        try await int("SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(process) AND state = 'active'") == 1
    }

    /// Whether the session is there at all.
    func exists(_ process: Int) async throws -> Bool {
        try await int("SELECT count(*)::int FROM pg_stat_activity WHERE pid = \(process)") == 1
    }

    /// Ends the session as an administrator does, and waits until this side could know.
    func terminate(_ process: Int) async throws {
        _ = try await pool.query("SELECT pg_terminate_backend(\(process))")
        // It closes its socket after it has left the server's list.
        _ = try await eventually { kill(pid_t(process), 0) != 0 }
        try await HangUps.areNoticed()
    }

    func end() async { _ = await pool.shutdown(within: .seconds(5)) }
}

extension PGHandle {
    /// The process that serves this session.
    func process() async throws -> Int { try await int("SELECT pg_backend_pid()") }
}
