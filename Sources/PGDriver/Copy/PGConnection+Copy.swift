internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// What the two directions of COPY have in common: how one begins, and what becomes of one that nobody has asked for.
extension PGConnection {
    /// Sends a `COPY`, and waits until the server begins it.
    ///
    /// As text, and not as other statements: libpq would send a Sync with it and another one with its end, and a server
    /// that refuses the COPY before it has read the first one answers both (F11).
    nonisolated(nonsending) func beginCopy(_ statement: CopyStatement, _ direction: CopyDirection) async throws -> Reply
    {
        noteEffects(SessionChanges(text: statement.text))
        guard PQsendQuery(link, statement.text) == 1 else { throw unsent() }
        var reply = Reply(copy: .wanted(direction))
        reply.mayChange = StatementTraits.mayChange(statement.text)
        do {
            try await flush(limits)
            while !reply.isComplete, !reply.hasBegunCopy {
                let result = try await nextResult(limits)
                defer { PQclear(result) }
                try take(result, &reply)
            }
        } catch let interruption as Interruption {
            try await settle(&reply, interruption)
            try conclude(&reply)
            throw interruption == .cancelled
                ? CancellationError() : SQLError.readingStopped(mayChange: reply.mayChange)
        } catch {
            poison()
            throw error
        }
        if reply.hasBegunCopy { return reply }
        try conclude(&reply)
        throw SQLError(
            .syntax,
            "\(direction.call) takes a \(direction.words), and this COPY is between the server and its own files; it was "
                + "executed: use execute for it")
    }

    /// The server has begun a COPY: the one that is waited for, or what the statement of another call has turned out to be.
    func takeCopy(_ result: OpaquePointer?, _ reply: inout Reply) throws {
        let direction: CopyDirection = PQresultStatus(result) == PGRES_COPY_IN ? .fromClient : .toClient
        session.isCopyingOut = direction == .toClient
        switch reply.copy {
        case .wanted(direction):
            reply.hasBegunCopy = true
            return
        case .givenUp: break
        case .none, .wanted:
            let mayChange = (reply.statement?.text).map(StatementTraits.mayChange) ?? reply.mayChange
            reply.refuse(.copyByOtherCall(direction, mayChange: direction == .toClient && mayChange))
        }
        if direction == .fromClient {
            // One or two ends may come then, and nothing tells which (F11).
            if reply.statement?.isSentAsText == false { throw SQLError.copyByOtherCallEnds }
            // The server answers with an error, and the exchange is over.
            PQputCopyEnd(link, "COPY FROM STDIN is no statement for this call")
        } else if reply.copy != .givenUp {
            // Else all of it would have to be read. What is on its way is read by `nextResult`.
            throw Interruption.unwanted
        }
    }

    /// Reads what is left of a COPY TO STDOUT, and keeps nothing of it.
    nonisolated(nonsending) func discardCopy(_ limits: OperationLimits) async throws {
        while session.isCopyingOut {
            if try await copyData(limits, { _ in }) == .end { session.isCopyingOut = false }
        }
    }

    enum CopyStep { case row, nothingYet, end }

    /// The next row of a COPY TO STDOUT.
    ///
    /// - Parameter waits: whether to wait for one that is not here yet.
    nonisolated(nonsending) func copyData(
        _ limits: OperationLimits, waits: Bool = true, _ body: (UnsafeRawBufferPointer) -> Void
    ) async throws -> CopyStep {
        var row: UnsafeMutablePointer<CChar>?
        let length = PQgetCopyData(link, &row, 1)
        switch length {
        case 1...:
            body(UnsafeRawBufferPointer(start: row, count: Int(length)))
            PQfreemem(row)
            return .row
        case 0:
            guard waits else { return .nothingYet }
            // libpq closes the socket by itself when the connection is lost; PQgetResult tells the rest.
            guard isSocketOpen else { return .end }
            _ = try await wait(for: .readable, limits)
            return PQconsumeInput(link) == 1 ? .nothingYet : .end
        // The end, or a refusal: PQgetResult tells which.
        default: return .end
        }
    }
}

extension SQLError {
    fileprivate static func copyByOtherCall(_ direction: CopyDirection, mayChange: Bool) -> SQLError {
        if mayChange {
            return SQLError(
                .mayHaveExecuted,
                "\(direction.words) is a statement for \(direction.call), and for no other call; it was stopped, and may have "
                    + "come to its end before that: look at what it changes before repeating it")
        }
        return SQLError(
            .syntax,
            "\(direction.words) is a statement for \(direction.call), and for no other call; it was stopped, and nothing was "
                + "copied")
    }

    fileprivate static var copyByOtherCallEnds: SQLError {
        SQLError(
            .syntax,
            "COPY … FROM STDIN is a statement for copyIn, and for no other call; nothing was copied, and the connection is "
                + "not used again: end the loan")
    }
}
