internal import CSQLite
internal import PoolingSQL

// Transactions begin with the lock that they will need: one that is to write never upgrades from reading, which SQLite
// refuses at once and without waiting (F41).
extension SQLiteConnection {
    func beginTransaction(_ options: SQLTransactionOptions) throws(SQLiteFailure) -> Int {
        if blobs.hasWriter { throw .refused(.blobIsBeingWritten) }
        if session.isInTransaction {
            if session.depth == 0 { session.isInsideOfForeign = true }
            _ = try perform(Savepoint(session.depth + 1).begin)
        } else if settings.readOnly || isReader {
            // Taking the lock of a writer would fail, and writes are refused anyway.
            _ = try perform("BEGIN")
        } else if options.access == .readOnly {
            _ = try perform("BEGIN")
            session.isReadOnly = true
        } else {
            _ = try perform("BEGIN IMMEDIATE")
        }
        session.depth += 1
        return session.depth
    }

    func commitTransaction(_ depth: Int) throws(SQLiteFailure) {
        noteCall()
        if session.isLost { throw .refused(.transactionLost) }
        guard depth == session.depth, session.isInTransaction else {
            poison()
            throw .refused(
                SQLError(
                    .transactionLost,
                    "transactions of one connection were not ended in the order of "
                        + "their nesting; nothing more is executed on it"))
        }
        // Lowered first: the end of the transaction is expected now.
        session.depth -= 1
        do {
            if isOutermost(depth) {
                _ = try perform("COMMIT")
            } else {
                _ = try perform(Savepoint(depth).release)
            }
        } catch {
            session.depth += 1
            // A commit that met a lock leaves its transaction as it was, and may be repeated.
            if case .refused(let error) = error, error.kind == .busy, session.isInTransaction { throw .locked(error) }
            throw error
        }
        endScope(depth)
    }

    func rollBackTransaction(_ depth: Int) {
        noteCall()
        guard depth == session.depth else {
            // Ended already, or out of order.
            if depth < session.depth { poison() }
            return
        }
        session.depth -= 1
        endStream()
        interruption.isShielded = true
        defer { interruption.isShielded = false }
        if session.isInTransaction, !session.isLost {
            do {
                if isOutermost(depth) {
                    _ = try perform("ROLLBACK")
                } else {
                    _ = try perform(Savepoint(depth).undo)
                    _ = try perform(Savepoint(depth).release)
                }
            } catch {
                poison()
            }
        }
        endScope(depth)
    }

    private func isOutermost(_ depth: Int) -> Bool { depth == 1 && !session.isInsideOfForeign }

    /// The outermost scope is left: what was lost is told, and a new transaction may begin.
    private func endScope(_ depth: Int) {
        guard depth == 1 else { return }
        // Lost with a transaction that was begun by hand: its end is nobody's scope, so that the loan stays refused.
        if !session.isInsideOfForeign, !session.isInTransaction { session.isLost = false }
        session.isInsideOfForeign = false
        session.isReadOnly = isReader
    }
}

/// The statements of one level of nesting.
private struct Savepoint {
    let name: String
    init(_ depth: Int) { name = "pooling_\(depth)" }

    var begin: SQLQuery { "SAVEPOINT \(identifier: name)" }
    var undo: SQLQuery { "ROLLBACK TO \(identifier: name)" }
    var release: SQLQuery { "RELEASE \(identifier: name)" }
}
