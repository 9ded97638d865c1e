internal import CLibPQ
internal import PoolingCore
package import PoolingSQL

extension PGConnection: TransactionalSession {
    package nonisolated(nonsending) func run(_ commands: [String]) async throws {
        _ = try await command(commands.joined(separator: "; "))
    }

    package nonisolated(nonsending) func begin(_ options: SQLTransactionOptions) async throws {
        _ = try await command(options.beginning)
        session.isReadOnly = options.access == .readOnly
    }

    package nonisolated(nonsending) func commit() async throws {
        // The server says ROLLBACK, and no error, when a statement of the transaction had failed.
        let hasFailed = transaction == PQTRANS_INERROR
        _ = try await command("COMMIT")
        if hasFailed { throw SQLError.rolledBackInstead }
    }

    package nonisolated(nonsending) func prepareToRollBack(isOutermost: Bool) async throws {
        limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        if session.stream != nil { try await endStream(isKept: !isOutermost) }
    }

    package func endTransaction() { session.isReadOnly = false }
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

extension SQLError {
    fileprivate static var rolledBackInstead: SQLError {
        SQLError(
            .transactionLost,
            "the transaction was rolled back instead of committed, since a statement in it had failed; let that error leave "
                + "the scope, or run the statement in a transaction of its own inside of this one")
    }
}
