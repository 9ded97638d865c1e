import Foundation
import PGDriver
import PoolingSQL
import TestServers

typealias Observer = TestServers.Observer<Postgres>

extension TestServers.Observer where Driver == Postgres {
    /// Ends the session as an administrator does, and waits until this side could know.
    func terminate(_ process: Int) async throws {
        _ = try await int("SELECT pg_terminate_backend(\(process))::int")
        // It closes its socket after it has left the server's list.
        _ = try await eventually { kill(pid_t(process), 0) != 0 }
        try await HangUps.areNoticed()
    }
}
