internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

extension MariaDBConnection {
    nonisolated(nonsending) func beginTransaction(_ options: SQLTransactionOptions) async throws -> Int {
        try await admit()
        if isInTransaction {
            if session.depth == 0 { session.isInsideOfForeign = true }
            try await command(Savepoint(session.depth + 1).begin)
        } else {
            if let isolation = options.isolation {
                try await command("SET TRANSACTION ISOLATION LEVEL \(isolation.words)")
            }
            try await command(options.access == .readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION")
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
            try await command(isOutermost(depth) ? "COMMIT" : Savepoint(depth).release)
        } catch {
            session.depth += 1
            throw error
        }
        endScope(depth)
    }

    /// Goes on in a cancelled task; the server has as long for it as for stopping a statement.
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
            if let stream = session.stream {
                session.stream = nil
                try await endStream(stream)
            }
            if isInTransaction, !session.isLost, !isPoisoned {
                if isOutermost(depth) {
                    try await command("ROLLBACK")
                } else {
                    try await command(Savepoint(depth).undo)
                    try await command(Savepoint(depth).release)
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

extension SQLTransactionOptions.Isolation {
    fileprivate var words: String {
        switch self {
        case .readCommitted: "READ COMMITTED"
        case .repeatableRead: "REPEATABLE READ"
        case .serializable: "SERIALIZABLE"
        }
    }
}

/// The commands of one level of nesting.
struct Savepoint {
    private let name: String
    init(_ depth: Int) { name = "pooling_\(depth)" }

    var begin: String { "SAVEPOINT \(name)" }
    var undo: String { "ROLLBACK TO SAVEPOINT \(name)" }
    var release: String { "RELEASE SAVEPOINT \(name)" }
}
