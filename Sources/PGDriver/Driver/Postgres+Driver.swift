internal import CLibPQ
public import PoolingCore
public import PoolingSQL

extension Postgres: SQLDriver {
    public static let schemes = ["postgres", "postgresql"]
    public static let dialect = SQLDialect(placeholders: .dollarNumber, identifierQuote: "\"")

    /// Opens a session with the first host that will have it. Names are looked up anew each time, off every executor.
    /// - Throws: ``SQLError``: of kind `.authentication`, `.tooManyConnections`, `.cannotOpen` …; `CancellationError`; what
    ///   `onConnect` throws.
    public func connect() async throws -> PGConnection {
        let connection = try await PGConnection.open(settled)
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

    /// A round trip, after having looked at what the server has sent of itself: the reason why it has ended an idle session
    /// is among that, and nowhere else (F31).
    public func validate(_ connection: PGConnection) async throws {
        connection.limits = .none
        connection.inspect()
        try await connection.admit()
        _ = try await connection.command("SELECT 1")
    }

    /// Ends what still runs, says goodbye without waiting for anything, and closes.
    public func close(_ connection: PGConnection, reason: CloseReason, deadline: ContinuousClock.Instant) async {
        await connection.close(until: MonotonicInstant(deadline))
    }

    public func lend(_ connection: PGConnection, loan: PoolingCore.LoanID) -> PGHandle {
        if onReturn != nil || sessionReset == .always { connection.session.owesReturn = true }
        connection.gate.open(loan)
        return PGHandle(connection: connection, loan: loan)
    }

    public func reclaim(_ connection: PGConnection, loan: PoolingCore.LoanID) {
        connection.shutGate()
    }

    /// `.dirty` with a transaction left open, rows unread or the session changed; `.broken` if something still runs on it
    /// or the server is gone; `.suspect` if its socket was hung up. Reads what is known already: no system call.
    public func condition(of connection: PGConnection) -> ConnectionCondition {
        connection.condition
    }

    /// Undoes what a borrower left open or changed (F32, F33, F53), then runs `onReturn`.
    public func reset(_ connection: PGConnection) async throws {
        try await connection.cleanUp()
        if let onReturn {
            try await connection.withPrivateLoan(onReturn)
            try await connection.cleanUp()
        }
        connection.session.owesReturn = false
    }

    /// A server that shuts down or restarts, or that has become a replica, is no server for the other connections, either
    /// (F25, F27).
    public func verdict(on error: any Error) -> ErrorVerdict {
        guard let error = error as? SQLError else { return .keep }
        switch error.sqlState {
        case "57P01", "57P02", "57P03", "25006": return .discardAll
        case let state? where state.hasPrefix("08"): return .discard
        // It was stopped, and the connection goes on, whatever the statement has done.
        case "57014": return .keep
        default: return error.kind == .connectionLost || error.kind == .mayHaveExecuted ? .discard : .keep
        }
    }

    public var requiredHooks: DriverHooks { [.lend, .condition, .reset, .verdict] }

    public var loanExecutor: (any TaskExecutor)? { executor }
}
