internal import CMariaDB
internal import PoolingCore
package import PoolingSQL

extension MariaDBConnection: TransactionalSession {
    package nonisolated(nonsending) func run(_ commands: [String]) async throws {
        for text in commands { try await command(text) }
    }

    package nonisolated(nonsending) func begin(_ options: SQLTransactionOptions) async throws {
        if let isolation = options.isolation {
            try await command("SET TRANSACTION ISOLATION LEVEL \(isolation.words)")
        }
        try await command(options.access == .readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION")
    }

    package nonisolated(nonsending) func commit() async throws { try await command("COMMIT") }

    package nonisolated(nonsending) func prepareToRollBack(isOutermost: Bool) async throws {
        limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        if let stream = session.stream {
            session.stream = nil
            try await endStream(stream)
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
