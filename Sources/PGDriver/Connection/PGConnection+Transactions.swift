internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

extension PGConnection {
    nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int {
        try await admit()
        if isInTransaction {
            if session.depth == 0 { session.isInsideOfForeign = true }
            _ = try await command(Savepoint(session.depth + 1).begin)
        } else {
            _ = try await command(options.beginning)
            session.isReadOnly = options.access == .readOnly
        }
        session.depth += 1
        return session.depth
    }

    nonisolated(nonsending) func commitTransaction(_ depth: Int) async throws {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        if session.isLost { throw SQLError.transactionLost }
        if session.stream != nil { try await endAbandonedStream() }
        guard depth == session.depth, isInTransaction else {
            poison()
            throw SQLError(
                .transactionLost,
                "transactions of one connection were not ended in the order of "
                    + "their nesting; nothing more is executed on it")
        }
        // Lowered first: the end of the transaction is expected now.
        session.depth -= 1
        do {
            if isOutermost(depth) {
                // The server says ROLLBACK, and no error, when a statement of the transaction had failed.
                let hasFailed = transaction == PQTRANS_INERROR
                _ = try await command("COMMIT")
                if hasFailed { throw SQLError.rolledBackInstead }
            } else {
                _ = try await command(Savepoint(depth).release)
            }
        } catch {
            session.depth += 1
            throw error
        }
        endScope(depth)
    }

    /// Goes on in a cancelled task; the server has as long for it as for a cancel request.
    nonisolated(nonsending) func rollBackTransaction(_ depth: Int) async {
        guard depth == session.depth, !isInherited else {
            // Ended already, or out of order.
            if depth < session.depth { poison() }
            return
        }
        session.depth -= 1
        limits = Limits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        do {
            if session.stream != nil { try await endStream(isKept: !isOutermost(depth)) }
            if isInTransaction, !session.isLost, !isPoisoned {
                if isOutermost(depth) {
                    _ = try await command("ROLLBACK")
                } else {
                    _ = try await command(Savepoint(depth).undo)
                }
            }
        } catch {
            poison()
        }
        endScope(depth)
    }

    private func isOutermost(_ depth: Int) -> Bool { depth == 1 && !session.isInsideOfForeign }

    /// The outermost scope is left: what was lost is told, and a new transaction may begin.
    private func endScope(_ depth: Int) {
        guard depth == 1 else { return }
        // Lost with a transaction that was begun by hand: its end is nobody's scope, so that the loan stays refused.
        if !session.isInsideOfForeign, !isInTransaction { session.isLost = false }
        session.isInsideOfForeign = false
        session.isReadOnly = false
    }
}

extension SQLTransactionOptions {
    /// What is not said is as the session has it.
    fileprivate var beginning: String {
        var words = "BEGIN"
        switch isolation {
        case .readCommitted: words += " ISOLATION LEVEL READ COMMITTED"
        case .repeatableRead: words += " ISOLATION LEVEL REPEATABLE READ"
        case .serializable: words += " ISOLATION LEVEL SERIALIZABLE"
        case nil: break
        }
        if access == .readOnly { words += " READ ONLY" }
        return isDeferrable ? words + " DEFERRABLE" : words
    }
}

/// The commands of one level of nesting.
struct Savepoint {
    private let name: String
    init(_ depth: Int) { name = "pooling_\(depth)" }

    var begin: String { "SAVEPOINT \(name)" }
    var undo: String { "ROLLBACK TO \(name); RELEASE \(name)" }
    var release: String { "RELEASE \(name)" }
}

extension SQLError {
    fileprivate static var rolledBackInstead: SQLError {
        SQLError(
            .transactionLost,
            "the transaction was rolled back instead of committed, since a statement in it had failed; let that error leave "
                + "the scope, or run the statement in a transaction of its own inside of this one")
    }
}
