internal import CMariaDB
internal import PoolingCore
package import PoolingSQL

extension MariaDBConnection: TransactionalSession {
    package nonisolated(nonsending) func run(_ commands: [String]) async throws {
        session.warnings = 0
        for text in commands {
            try await command(text)
            session.warnings += mysql_warning_count(link)
        }
    }

    package nonisolated(nonsending) func begin(_ options: SQLTransactionOptions) async throws {
        if let isolation = options.isolation {
            try await command("SET TRANSACTION ISOLATION LEVEL \(isolation.words)")
        }
        do {
            try await command(options.access == .readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION")
        } catch {
            // The isolation waits for the next one, whoever begins it.
            if options.isolation != nil { session.changes.insert(.tables) }
            throw error
        }
    }

    package nonisolated(nonsending) func commit() async throws { try await command("COMMIT") }

    package nonisolated(nonsending) func prepareToRollBack(isOutermost: Bool) async throws {
        limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        // Unless the rollback itself says otherwise, it may not have been complete.
        session.warnings = 1
        if let stream = session.stream {
            session.stream = nil
            // What goes wrong in it is taken back with the rest.
            do { try await endStream(stream) } catch { if isPoisoned { throw error } }
        }
    }

    package func endTransaction() {}
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
