internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// The exchange with the server. The library's calls run on the caller's thread until they would have to wait, say what for,
// and go on after that. Whatever happens, a call is led to its end: a connection with a call that is not over can't be
// used, and not even closed.
extension MariaDBConnection {
    /// Leads a call to its end.
    ///
    /// If the task is cancelled or its deadline comes, the server is asked to stop, and the call ends with what it answers:
    /// see ``conclude(_:)``.
    ///
    /// - Throws: if the call had to be broken off. The connection is not used again then.
    nonisolated(nonsending) func drive(_ begin: () -> Int32, _ proceed: (Int32) -> Int32) async throws {
        var status = call(begin)
        while status != 0 {
            do {
                let ready = try await wait(for: status)
                status = call { proceed(ready) }
            } catch let interruption as Interruption {
                guard await stop(interruption) else {
                    breakOff(proceed)
                    throw SQLError.uncertain(stopping?.reason ?? interruption)
                }
            } catch {
                breakOff(proceed)
                throw error
            }
        }
    }

    /// The same for a connection that nothing is waited for any more.
    private func breakOff(_ proceed: (Int32) -> Int32) {
        poison()
        shutDownSocket()
        // The library reads the end of the connection now; it asks a few times, since it has to tell several of its parts.
        let all = MYSQL_WAIT_READ | MYSQL_WAIT_WRITE | MYSQL_WAIT_EXCEPT
        for _ in 0..<1000 where call({ proceed(all) }) == 0 { return }
    }

    private nonisolated(nonsending) func wait(for status: Int32) async throws -> Int32 {
        var interest: EventSocket.Readiness = []
        if status & MYSQL_WAIT_READ != 0 { interest.insert(.readable) }
        if status & MYSQL_WAIT_WRITE != 0 { interest.insert(.writable) }
        if interest.isEmpty { interest = .readable }
        let limits = stopping?.limits ?? limits
        do {
            let ready = try await socket.wait(
                for: interest, until: limits.deadline, isCancellable: limits.isCancellable)
            var answer: Int32 = 0
            if ready.contains(.readable) || ready.contains(.hungUp) { answer |= status & MYSQL_WAIT_READ }
            if ready.contains(.writable) || ready.contains(.hungUp) { answer |= status & MYSQL_WAIT_WRITE }
            return answer == 0 ? status & (MYSQL_WAIT_READ | MYSQL_WAIT_WRITE) : answer
        } catch let error as SocketWaitError {
            switch error.code {
            case .deadlinePassed: throw Interruption.deadlinePassed
            case .closed: throw Interruption.closing
            default: throw SQLError(.mayHaveExecuted, "the connection can't be waited for: \(error)")
            }
        } catch {
            throw Interruption.cancelled
        }
    }

    /// Asks the server to stop what it is at.
    /// - Returns: whether it is worth waiting for its answer.
    nonisolated(nonsending) func stop(_ interruption: Interruption) async -> Bool {
        if interruption == .closing { return false }
        let now = MonotonicInstant.now
        if stopping == nil {
            stopping = Stopping(reason: interruption, end: now + settings.cancelTimeout.inNanoseconds)
        }
        guard let stopping, now < stopping.end else { return false }
        // Refused, or perhaps still on its way: the next statement could be hit (F12).
        return await killStatement(until: stopping.end)
    }

    /// Ends an operation: throws what the server has refused, and sees to it that no request to stop is left over.
    ///
    /// - Parameter statement: whose rows were read, if there were some: a server that was asked to stop may have ended them
    ///   early without a word.
    nonisolated(nonsending) func conclude(
        _ refusal: ServerError?, of statement: PreparedStatement? = nil
    ) async throws {
        noteStatus()
        if refusal?.meaning == .dead || !isSocketOpen {
            poison()
            throw ServerError.lost(refusal ?? ServerError(link))
        }
        if refusal != nil, let statement { note(SessionChanges.ofFailed(statement.verb)) }
        if let refusal, scopes.depth > 0, refusal.mayHaveEndedTransaction { try await askForTransaction() }
        guard let stopping else {
            if let refusal { throw refusal.error(isSent: true) }
            return
        }
        // What was asked to stop may have been over by then, and the next one would be hit.
        try await absorb()
        self.stopping = nil
        if let refusal {
            guard refusal.meaning == .stopped else { throw refusal.error(isSent: true) }
        } else if statement == nil {
            return
        }
        switch stopping.reason {
        case .cancelled: throw CancellationError()
        default:
            let mayStay = refusal == nil ? statement?.reads == false : statement?.mayCommit == true
            throw mayStay ? SQLError.stoppedMidway : SQLError.stopped
        }
    }

    /// What is refused comes without the status of the session: of a deadlock the server has rolled the transaction back
    /// (F44).
    private nonisolated(nonsending) func askForTransaction() async throws {
        var failed: Int32 = 0
        let text = CText("DO 0")
        let former = (stopping, limits)
        stopping = nil
        limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        defer { (stopping, limits) = former }
        try await drive(
            { mysql_real_query_start(&failed, link, text.start, text.count) },
            { mysql_real_query_cont(&failed, link, $0) })
        guard failed == 0, stopping == nil else {
            poison()
            throw ServerError.lost(ServerError(link))
        }
        noteStatus()
    }

    /// Runs what may be hit instead of somebody's statement: the server has confirmed every request before.
    private nonisolated(nonsending) func absorb() async throws {
        for _ in 0..<3 {
            var failed: Int32 = 0
            let text = CText("DO 0")
            try await drive(
                { mysql_real_query_start(&failed, link, text.start, text.count) },
                { mysql_real_query_cont(&failed, link, $0) })
            noteStatus()
            if failed == 0 { return }
            if ServerError(link).meaning != .stopped { break }
        }
        poison()
        throw SQLError.uncertain(stopping?.reason ?? .closing)
    }

    /// Takes in what the latest answer says of the session.
    private func noteStatus() {
        if status & UInt32(SERVER_SESSION_STATE_CHANGED) != 0, !session.isOwnWork, settings.sessionReset != .never {
            session.changes.insert(.state)
        }
        // Somebody has ended by hand, or the server by itself, what `transaction` had begun.
        if scopes.depth > 0, !isInTransaction { scopes.isLost = true }
    }

    /// Refuses what can't be executed here and now; nothing was sent if this throws.
    package nonisolated(nonsending) func admit() async throws {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        if scopes.isLost { throw SQLError.transactionLost }
        if socket.isHungUp {
            poison()
            throw endedByServer
        }
        if session.stream != nil {
            try await endAbandonedStream()
            // A procedure may have ended the transaction behind its rows.
            if scopes.isLost { throw SQLError.transactionLost }
        }
        if limits.isCancellable { try Task.checkCancellation() }
    }

    /// Runs a command of the driver's own, without values and without rows.
    nonisolated(nonsending) func command(_ text: String) async throws {
        var failed: Int32 = 0
        let wasOwnWork = session.isOwnWork
        session.isOwnWork = true
        defer { session.isOwnWork = wasOwnWork }
        let text = CText(text)
        try await drive(
            { mysql_real_query_start(&failed, link, text.start, text.count) },
            { mysql_real_query_cont(&failed, link, $0) })
        // None of them has rows; what is there all the same would be in the next one's way.
        if failed == 0, let result = mysql_store_result(link) { mysql_free_result(result) }
        try await conclude(failed == 0 ? nil : ServerError(link))
    }
}
