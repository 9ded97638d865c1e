internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// What borrowers change in a session, beyond transactions, is put back when it returns (F37, F53).
extension MariaDBConnection {
    /// Makes the session as it was when it began: nothing open, nothing changed.
    /// - Throws: if it can't; the connection is to be replaced then.
    nonisolated(nonsending) func cleanUp() async throws {
        limits = OperationLimits(deadline: .distantFuture, isCancellable: true)
        if isInherited { throw SQLError.inherited() }
        if let stream = session.stream {
            session.stream = nil
            try await endStream(stream)
        }
        scopes.isLost = false
        scopes.depth = 0
        scopes.isInsideOfForeign = false
        if isInTransaction { try await command("ROLLBACK") }
        guard !isInTransaction else {
            throw SQLError(.other, "the transaction could not be ended, although it was rolled back")
        }
        if settings.sessionReset == .always || !session.changes.isEmpty { try await restoreSession() }
    }

    /// `mysql_reset_connection` leaves the current database as it is, and forgets every prepared statement; what the library
    /// believes of the character set, the server does not know then (F37).
    private nonisolated(nonsending) func restoreSession() async throws {
        session.isOwnWork = true
        defer { session.isOwnWork = false }
        var failed: Int32 = 0
        try await drive(
            { mysql_reset_connection_start(&failed, link) }, { mysql_reset_connection_cont(&failed, link, $0) })
        try await conclude(failed == 0 ? nil : ServerError(link))
        // The library has cut them off already: nothing is sent for them.
        closeStatements()
        try await drive(
            { mysql_set_character_set_start(&failed, link, "utf8mb4") },
            { mysql_set_character_set_cont(&failed, link, $0) })
        try await conclude(failed == 0 ? nil : ServerError(link))
        try await command(SessionSetup(settings.configuration).text)
        try await restoreDatabase()
        session.changes = []
        if let onConnect = settings.onConnect {
            session.isOwnWork = false
            try await withPrivateLoan(onConnect)
            session.changes = []
        }
    }

    private nonisolated(nonsending) func restoreDatabase() async throws {
        guard let database = settings.configuration.database else {
            // There is no way back to none.
            guard link.pointee.db == nil else {
                throw SQLError(.other, "the session has chosen a database, and its configuration has none")
            }
            return
        }
        let name = CText(database)
        var failed: Int32 = 0
        try await drive(
            { mysql_select_db_start(&failed, link, name.start) }, { mysql_select_db_cont(&failed, link, $0) })
        try await conclude(failed == 0 ? nil : ServerError(link))
    }

    /// Lends the connection to a closure of the driver's user, outside of any loan of the pool.
    nonisolated(nonsending) func withPrivateLoan(
        _ body: @Sendable (MariaDBHandle) async throws -> Void
    ) async throws {
        gate.open(.unpooled)
        defer { shutGate() }
        try await body(MariaDBHandle(connection: self, loan: .unpooled))
        if overstay.isKnown || isPoisoned { throw SQLError.connectionIsOver }
    }
}
