internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// The exchange with the server: what was handed to libpq is sent, results are read as they come. All calls into libpq are
// made on the caller's thread and none of them blocks; the waits in between are ``EventSocket``'s.
extension PGConnection {
    /// Sends what libpq has kept, and reads meanwhile, since a server that can't get rid of its answers reads no more.
    /// A failure is for ``nextResult(_:)`` to tell.
    nonisolated(nonsending) func flush(_ limits: OperationLimits) async throws {
        while PQflush(link) == 1, isSocketOpen {
            let ready = try await wait(for: [.readable, .writable], limits)
            if ready != .writable, PQconsumeInput(link) == 0 { return }
        }
    }

    /// The next result of what was sent; nil: there are no more.
    ///
    /// - Parameter isFirst: nothing was read since it was sent, so that the first wait is for what has yet to arrive.
    nonisolated(nonsending) func nextResult(_ limits: OperationLimits, isFirst: Bool = false) async throws
        -> OpaquePointer?
    {
        if session.isCopyingOut { try await discardCopy(limits) }
        var isFirst = isFirst
        while PQisBusy(link) == 1, isSocketOpen {
            _ = try await wait(for: .readable, limits, isFresh: isFirst)
            isFirst = false
            // Level-triggered: whatever libpq leaves in the socket ends the next wait at once. A failure is told by
            // PQgetResult, which does not block then.
            if PQconsumeInput(link) == 0 { break }
        }
        return PQgetResult(link)
    }

    /// libpq closes the socket by itself when the connection is lost; its number may be another one's then.
    var isSocketOpen: Bool { PQsocket(link) == socket.descriptor }

    nonisolated(nonsending) func wait(
        for interest: EventSocket.Readiness, _ limits: OperationLimits, isFresh: Bool = false
    ) async throws -> EventSocket.Readiness {
        do {
            return try await socket.wait(
                for: interest, until: limits.deadline, isCancellable: limits.isCancellable, isFresh: isFresh)
        } catch let error as SocketWaitError {
            switch error.code {
            case .deadlinePassed: throw Interruption.deadlinePassed
            case .closed: throw Interruption.closing
            default:
                poison()
                throw SQLError(.mayHaveExecuted, "the connection can't be waited for: \(error)")
            }
        } catch {
            throw Interruption.cancelled
        }
    }

    /// Reads everything that comes of what was sent, to the end: then the server waits for the next statement.
    private nonisolated(nonsending) func read(
        _ reply: inout Reply, _ limits: OperationLimits, isFirst: Bool = false
    ) async throws {
        // Most often all of it goes at once, and nothing has come yet.
        var isFirst = isFirst && PQflush(link) == 0
        if !isFirst { try await flush(limits) }
        while !reply.isComplete {
            let result = try await nextResult(limits, isFirst: isFirst)
            defer { PQclear(result) }
            isFirst = false
            try take(result, &reply)
        }
    }

    /// Takes part of the answer in.
    func take(_ result: OpaquePointer?, _ reply: inout Reply) throws {
        guard let result else { return reply.endOfStatement(isLost: PQstatus(link) == CONNECTION_BAD) }
        switch PQresultStatus(result) {
        case PGRES_COPY_IN, PGRES_COPY_OUT: try takeCopy(result, &reply)
        default:
            try reply.take(result)
            if let tag = PQcmdStatus(result), tag.pointee != 0 { note(tag) }
        }
    }

    /// Reads the answer to what was sent. When this returns or throws, the server waits for the next statement, or the
    /// connection is not used again.
    ///
    /// - Parameter isFirst: nothing was read since it was sent. Else the rest may be in the socket already, which a wait for
    ///   what has yet to arrive would not see.
    nonisolated(nonsending) func finish(_ reply: inout Reply, isFirst: Bool = true) async throws {
        do {
            try await read(&reply, limits, isFirst: isFirst)
        } catch let interruption as Interruption {
            try await settle(&reply, interruption)
        } catch let error as SQLError {
            poison()
            throw error
        }
        try conclude(&reply)
    }

    /// Throws what the answer says. The exchange is over.
    func conclude(_ reply: inout Reply) throws {
        if PQpipelineStatus(link) != PQ_PIPELINE_OFF, PQexitPipelineMode(link) == 0 { poison() }
        if PQstatus(link) == CONNECTION_BAD { throw lost(reply.error) }
        // Somebody has ended by hand what `transaction` had begun.
        scopes.note(isInTransaction: isInTransaction)
        if var error = reply.error {
            if error.sqlState == "25006", !isReadOnlyServer { error.sqlState = nil }
            throw error
        }
    }

    /// A write is refused by the server's role, and not by what the transaction or the session has asked for (F27).
    private var isReadOnlyServer: Bool {
        !session.isReadOnly
            && (parameter("in_hot_standby") == "on" || parameter("default_transaction_read_only") == "on")
    }

    /// What the server has reported of itself or of the session.
    func parameter(_ name: String) -> String? { PQparameterStatus(link, name).map { String(cString: $0) } }

    // MARK: Stopping

    /// Stops what the server is at, and reads to the end of the exchange. Returns if the statement was completed all the
    /// same.
    nonisolated(nonsending) func settle(_ reply: inout Reply, _ interruption: Interruption) async throws {
        if interruption == .closing {
            poison()
            throw SQLError.uncertain(interruption)
        }
        // One that begins now is not wanted any more.
        reply.copy = .givenUp
        do {
            try await quiesce { connection, limits in try await connection.read(&reply, limits) }
        } catch {
            poison()
            throw SQLError.uncertain(interruption)
        }
        guard reply.error?.sqlState == "57014" else { return }
        switch interruption {
        case .cancelled: reply.failure = CancellationError()
        default:
            let mayCommit = reply.mayCommit || reply.statement?.traits.mayCommit == true
            // In a transaction nothing but that can commit.
            reply.error = mayCommit && !isInTransaction || reply.endsTransaction ? .stoppedMidway : .stopped
        }
        if let failure = reply.failure {
            _ = try? conclude(&reply)
            throw failure
        }
    }

    /// Asks the server to stop until `read` is through. A request that comes before the server has read all of the
    /// statement is of no use, so that it is repeated.
    nonisolated(nonsending) func quiesce(
        _ read: nonisolated(nonsending) (PGConnection, OperationLimits) async throws -> Void
    ) async throws {
        let end = MonotonicInstant.now + settings.cancelTimeout.inNanoseconds
        while true {
            // Refused, or perhaps still on its way: the next statement could be hit (F12).
            guard let cancelKey, await cancelKey.request(until: end) else { throw Interruption.closing }
            let patience = min(MonotonicInstant.now + 250_000_000, end)
            do {
                return try await read(self, OperationLimits(deadline: patience, isCancellable: false))
            } catch Interruption.deadlinePassed where patience < end {}
        }
    }

    /// The connection is gone. What had been sent may have been executed (F18).
    func lost(_ cause: SQLError?) -> SQLError {
        poison()
        let reason =
            notices.reason.map { ($0.message, Optional($0.sqlState)) } ?? (cause?.message ?? "", cause?.sqlState)
        return SQLError(
            .mayHaveExecuted,
            "the connection to the server was lost, and whether the statement was executed is not known: "
                + "\(reason.0.isEmpty ? "the server has closed it" : reason.0)",
            sqlState: reason.1)
    }
}

extension SQLError {
    static var stopped: SQLError {
        SQLError(.interrupted, "the statement was stopped at its deadline and had no effect", sqlState: "57014")
    }

    /// A procedure or a block commits where it likes.
    static var stoppedMidway: SQLError {
        SQLError(
            .mayHaveExecuted,
            "the statement was stopped at its deadline, and what it had committed by itself until then stays: look before "
                + "repeating it", sqlState: "57014")
    }

    /// Its rows were given up, and not the statement itself.
    static func readingStopped(mayChange: Bool) -> SQLError {
        if !mayChange {
            return SQLError(
                .interrupted,
                "the deadline came before the rows were read to their end, and after the statement had come to "
                    + "its own", sqlState: "57014")
        }
        return SQLError(
            .mayHaveExecuted,
            "the deadline came before the rows were read to their end, and after the statement had come to its own: what it "
                + "has changed stays, so look before repeating it", sqlState: "57014")
    }
}
