internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// What borrowers change in a session, beyond transactions, is put back when it returns (F33, F53). Prepared statements
// stay: `DISCARD ALL` would drop them.
extension PGConnection {
    /// Notes what the server says to have done.
    func note(_ tag: UnsafePointer<CChar>) {
        if session.isOwnWork { return }
        switch UInt8(bitPattern: tag.pointee) {
        // INSERT, UPDATE, BEGIN, COMMIT: the usual ones, which change nothing.
        case UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "B"): break
        default:
            // Every other one is a SELECT.
            let isSelect =
                UInt8(bitPattern: tag[0]) == UInt8(ascii: "S") && UInt8(bitPattern: tag[2]) == UInt8(ascii: "L")
            var changes = isSelect ? [] : SessionChanges(tag: String(cString: tag))
            if changes.isEmpty { return }
            if changes.contains(.droppedStatements) { forgetStatements() }
            changes.remove(.droppedStatements)
            if settings.sessionReset != .never { session.changes.formUnion(changes) }
        }
    }

    /// Notes what a statement may do that no tag tells.
    func noteEffects(_ effects: SessionChanges) {
        if !effects.isEmpty, settings.sessionReset != .never, !session.isOwnWork { session.changes.formUnion(effects) }
    }

    /// Makes the session as it was when it began: nothing open, nothing changed.
    /// - Throws: if it can't; the connection is to be replaced then.
    nonisolated(nonsending) func cleanUp() async throws {
        limits = OperationLimits(deadline: .distantFuture, isCancellable: true)
        if isInherited { throw SQLError.inherited() }
        if session.stream != nil { try await endStream(isKept: false) }
        scopes.isLost = false
        scopes.depth = 0
        scopes.isInsideOfForeign = false
        session.isReadOnly = false
        // Not if there is none: the server would write a warning each time (F31).
        if isInTransaction { _ = try await command("ROLLBACK") }
        guard transaction == PQTRANS_IDLE else {
            throw SQLError(.other, "the transaction could not be ended, although it was rolled back")
        }
        try await restoreSession()
    }

    private nonisolated(nonsending) func restoreSession() async throws {
        var changes = session.changes
        if settings.sessionReset == .always { changes.formUnion(.all) }
        if changes.isEmpty { return }
        if changes.contains(.irreversible) {
            throw SQLError(.other, "LOAD can't be undone, so that the connection is replaced; load in onConnect")
        }
        var commands: [String] = []
        if changes.contains(.cursors) { commands.append("CLOSE ALL") }
        if changes.contains(.settings) {
            commands += ["SET SESSION AUTHORIZATION DEFAULT", "RESET ROLE", "RESET ALL"]
        }
        if changes.contains(.listening) { commands.append("UNLISTEN *") }
        if changes.contains(.locks) { commands.append("SELECT pg_catalog.pg_advisory_unlock_all()") }
        if changes.contains(.temporaries) { commands.append("DISCARD TEMP") }
        // One round trip: they are one text, and none of them returns what is of use.
        if !commands.isEmpty { _ = try await command(commands.joined(separator: "; ")) }
        forgetNotifications()
        if changes.contains(.prepared) { try await dropPrepared() }
        session.changes = []
        if changes.contains(.settings), let onConnect = settings.onConnect {
            try await withPrivateLoan(onConnect)
            session.changes = []
        }
    }

    /// What was sent to the channels that a borrower has listened to.
    func forgetNotifications() {
        while let notification = PQnotifies(link) { PQfreemem(notification) }
    }

    /// Drops what `PREPARE` has made, and leaves what the protocol has.
    private nonisolated(nonsending) func dropPrepared() async throws {
        let names = try await command("SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql")
        let commands = names.rows.compactMap { row -> String? in
            guard case .text(let name)? = row[0] else { return nil }
            return SQLQuery("DEALLOCATE \(identifier: name)").text(in: Postgres.dialect)
        }
        if !commands.isEmpty { _ = try await command(commands.joined(separator: "; ")) }
    }

    /// Lends the connection to a closure of the driver's user, outside of any loan of the pool.
    nonisolated(nonsending) func withPrivateLoan(_ body: @Sendable (PGHandle) async throws -> Void) async throws {
        gate.open(.unpooled)
        defer { shutGate() }
        try await body(PGHandle(connection: self, loan: .unpooled))
        if overstay.isKnown || isPoisoned { throw SQLError.connectionIsOver }
    }
}
