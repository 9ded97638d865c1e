internal import CMariaDB
public import PoolingCore
public import PoolingSQL

extension MariaDB: SQLDriver {
    public static let schemes = MariaDBConfiguration.schemes
    public static let dialect = SQLDialect(placeholders: .questionMark, identifierQuote: "`")

    /// Opens a session with the first host that will have it. Names are looked up anew each time, off every executor.
    /// - Throws: ``SQLError``: of kind `.authentication`, `.tooManyConnections`, `.cannotOpen` …; `CancellationError`; what
    ///   `onConnect` throws.
    public func connect() async throws -> MariaDBConnection {
        let connection = try await MariaDBConnection.open(self)
        guard let onConnect else { return connection }
        do {
            try await connection.withPrivateLoan(onConnect)
            // What it has set up is how the session is meant to be.
            connection.session.changes = []
            try await connection.cleanUp()
            return connection
        } catch {
            await connection.close(until: .now)
            throw error
        }
    }

    /// What a node of a cluster that serves nobody refuses: it answers pings, sets variables, and selects where no table is
    /// named (F28).
    static let proof = "DO 1"

    /// A real statement, and no ping: see ``proof``.
    public func validate(_ connection: MariaDBConnection) async throws {
        connection.limits = .none
        connection.stopping = nil
        try await connection.admit()
        _ = try await connection.perform(SQLQuery(unsafe: Self.proof))
    }

    /// Ends what still runs, says goodbye without waiting for anything, and closes.
    public func close(_ connection: MariaDBConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await connection.close(until: MonotonicInstant(deadline))
    }

    public func lend(_ connection: MariaDBConnection, loan: PoolingCore.LoanID) -> MariaDBHandle {
        if onReturn != nil || sessionReset == .always { connection.session.owesReturn = true }
        connection.gate.open(loan)
        return MariaDBHandle(connection: connection, loan: loan)
    }

    public func reclaim(_ connection: MariaDBConnection, loan: PoolingCore.LoanID) {
        connection.shutGate()
    }

    /// `.dirty` with a transaction left open, rows unread or the session changed; `.broken` if something still runs on it
    /// or the server is gone; `.suspect` if its socket was hung up. Reads what is known already: no system call.
    public func condition(of connection: MariaDBConnection) -> ConnectionCondition {
        connection.condition
    }

    /// Undoes what a borrower left open or changed (F37, F53), then runs `onReturn`.
    public func reset(_ connection: MariaDBConnection) async throws {
        connection.stopping = nil
        try await connection.cleanUp()
        if let onReturn {
            try await connection.withPrivateLoan(onReturn)
            try await connection.cleanUp()
        }
        connection.session.owesReturn = false
    }

    /// A server that shuts down, that has become a replica or that serves nobody is no server for the other connections,
    /// either (F25, F27, F28).
    public func verdict(on error: any Error) -> ErrorVerdict {
        guard let error = error as? SQLError else { return .keep }
        switch error.kind {
        // Refused by what the transaction or the session has asked for, which says nothing of the server's role.
        case .readOnly where error.vendorCode == 1792: return .keep
        case .readOnly, .notReady: return .discardAll
        // It was stopped, and the connection goes on, whatever the statement has done.
        case .mayHaveExecuted where error.vendorCode == 1317: return .keep
        case .connectionLost, .mayHaveExecuted: return error.vendorCode == 1053 ? .discardAll : .discard
        default: return .keep
        }
    }

    public var requiredHooks: DriverHooks { [.lend, .condition, .reset, .verdict] }

    public var loanExecutor: (any TaskExecutor)? { executor }
}
