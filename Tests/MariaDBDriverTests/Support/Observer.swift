import MariaDBDriver
import PoolingSQL
import TestServers

typealias Observer = TestServers.Observer<MariaDB>

extension TestServers.Observer where Driver == MariaDB {
    /// Ends the session as an administrator does, and waits until this side could know.
    func kill(_ session: Int) async throws {
        try await execute(SQLQuery(unsafe: "KILL \(session)"))
        // It closes its socket before it leaves the server's list.
        _ = try await eventually { try await !exists(session) }
        try await HangUps.areNoticed()
    }
}
