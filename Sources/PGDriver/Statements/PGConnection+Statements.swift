internal import CLibPQ
internal import CPoolingShims
internal import PoolingCore
internal import PoolingSQL

// One statement, from its text to its rows. It is prepared once for each session, and prepared again if the server has
// forgotten it or its tables have changed, as long as no transaction would notice (F30).
extension PGConnection {
    /// Runs a statement and collects its rows.
    nonisolated(nonsending) func collect(_ query: SQLQuery) async throws -> [SQLRow] {
        try await run(query, keepsRows: true).rows
    }

    /// Runs a statement and drops its rows.
    nonisolated(nonsending) func perform(_ query: SQLQuery) async throws -> SQLResult {
        try await run(query, keepsRows: false).result
    }

    private nonisolated(nonsending) func run(_ query: SQLQuery, keepsRows: Bool) async throws -> Reply {
        // What need not wait is done without an asynchronous call: each costs a frame.
        try refuse()
        if session.stream != nil { try await endAbandonedStream() }
        try refuseCancelled()
        while true {
            let wasInTransaction = isInTransaction
            let (statement, isNew) =
                if let known = try sentAtOnce(query) { (known, false) } else { try await sent(query) }
            var reply = Reply(of: statement, keepsRows: keepsRows)
            do {
                try await finish(&reply)
                return reply
            } catch {
                guard reply.isOutdated else { throw error }
                forget(statement)
                // The refusal has ended the transaction, and one that is new can't be outdated.
                if wasInTransaction || isNew { throw error }
            }
        }
    }

    /// Refuses what can't be executed here and now; nothing was sent if this throws.
    package nonisolated(nonsending) func admit() async throws {
        try refuse()
        if session.stream != nil { try await endAbandonedStream() }
        try refuseCancelled()
    }

    /// The part of ``admit()`` that the connection's state answers.
    private func refuse() throws {
        if isInherited { throw SQLError.inherited() }
        if isPoisoned { throw SQLError.connectionIsOver }
        if scopes.isLost { throw SQLError.transactionLost }
        if socket.isHungUp || notices.end != nil || PQstatus(link) != CONNECTION_OK { throw hungUp() }
    }

    private func refuseCancelled() throws {
        if limits.isCancellable, pooling_current_task_is_cancelled() { throw CancellationError() }
    }

    /// The server has ended the session before anything was sent.
    private func hungUp() -> SQLError {
        inspect()
        poison()
        return SQLError(
            .connectionLost,
            "the server has ended this connection, and the statement was not executed: "
                + (notices.reason?.message ?? "it gave no reason"), sqlState: notices.reason?.sqlState)
    }

    /// Reads what has arrived on an idle connection, for its notices (F31).
    func inspect() {
        // The first reading still finds the server's last words, the next one its end.
        while PQstatus(link) == CONNECTION_OK, PQconsumeInput(link) == 1 {
            if !session.isListening { forgetNotifications() }
            if !socket.isHungUp { return }
        }
    }

    /// The statement as the server knows it.
    nonisolated(nonsending) func statement(
        for query: SQLQuery
    ) async throws -> (PreparedStatement, isNew: Bool) {
        if let known = statements.statement(for: query) { return (known, false) }
        let text = query.text(in: Postgres.dialect)
        // libpq would send what stands before it.
        if text.utf8.contains(0) { throw SQLError(.syntax, "the statement's text contains a NUL character") }
        if statements.capacity == 0 {
            return (PreparedStatement(name: "", text: text, parameterTypes: [], columnTypes: []), true)
        }
        if let known = statements.statement(of: text, for: query) { return (known, false) }
        let statement = try await prepare(text, query)
        for forgotten in statements.insert(statement, for: query) { statementNames.condemn(forgotten) }
        return (statement, true)
    }

    /// Prepares a statement and has it described, in one round trip; forgotten ones are dropped with it.
    private nonisolated(nonsending) func prepare(_ text: String, _ query: SQLQuery) async throws -> PreparedStatement {
        let name = statementNames.next()
        // Not in a transaction, which it would end if the server has forgotten one of them.
        let condemned = isInTransaction ? [] : statementNames.condemned
        let types = query.declaredTypes
        var isSent = PQenterPipelineMode(link) == 1
        isSent = isSent && PQsendPrepare(link, name, text, Int32(types.count), types) == 1
        isSent = isSent && PQsendDescribePrepared(link, name) == 1 && PQpipelineSync(link) == 1
        for name in condemned where isSent {
            // Each for itself: one that the server has forgotten must not keep the others.
            isSent = PQsendQueryParams(link, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 0) == 1
            isSent = isSent && PQpipelineSync(link) == 1
        }
        guard isSent else { throw unsent() }
        var reply = Reply(syncs: 1 + condemned.count)
        let isOwnWork = session.isOwnWork
        session.isOwnWork = true
        defer { session.isOwnWork = isOwnWork }
        do { try await finish(&reply) } catch {
            // What failed was the dropping of another one.
            guard let position = reply.errorPosition, position > 1, !isPoisoned else { throw error }
        }
        if !condemned.isEmpty { statementNames.forgetCondemned() }
        return PreparedStatement(
            name: name, text: text, parameterTypes: reply.parameterTypes, columnTypes: reply.columnTypes)
    }

    /// Hands a statement that is known already to libpq.
    /// - Returns: nil if it has to be prepared.
    private func sentAtOnce(_ query: SQLQuery) throws -> PreparedStatement? {
        guard let known = statements.statement(for: query) else { return nil }
        do {
            try send(query, known)
            return known
        } catch let error as SQLError where error.kind == .typeMismatch {
            // It was prepared for values of other types.
            forget(known)
            return nil
        }
    }

    /// Has a statement prepared, and hands it to libpq with its values. Nothing has left if this throws, unless it says so.
    nonisolated(nonsending) func sent(_ query: SQLQuery) async throws -> (PreparedStatement, isNew: Bool) {
        let (known, isNew) = try await statement(for: query)
        do {
            try send(query, known)
            return (known, isNew)
        } catch let error as SQLError where error.kind == .typeMismatch && !isNew {
            // It was prepared for values of other types.
            forget(known)
            let (statement, _) = try await statement(for: query)
            try send(query, statement)
            return (statement, true)
        }
    }

    /// Hands a statement with its values to libpq.
    func send(_ query: SQLQuery, _ statement: PreparedStatement) throws {
        let count = query.bindCount
        // The protocol counts them in 16 bits.
        if count > Int(UInt16.max) {
            throw SQLError(.syntax, "PostgreSQL takes 65535 values for one statement, and \(count) were given")
        }
        let types = statement.name.isEmpty ? query.declaredTypes : statement.parameterTypes
        if count != types.count {
            throw SQLError(
                .syntax, "the statement has \(types.count) placeholders, and \(count) values were given")
        }
        let isSent = try parameters.withPlaces(of: query, as: types) { places in
            // Not when it has succeeded: a lock that it has taken stays with the session even if it fails then.
            noteEffects(statement.effects)
            if statement.isSentAsText, count == 0 { return PQsendQuery(link, statement.text) }
            if statement.name.isEmpty {
                return PQsendQueryParams(
                    link, statement.text, Int32(count), types, places.values, places.lengths, places.formats, 0)
            }
            return PQsendQueryPrepared(
                link, statement.label, Int32(count), places.values, places.lengths, places.formats,
                statement.isBinary ? 1 : 0)
        }
        if isSent != 1 { throw unsent() }
    }

    /// Runs one of the driver's own commands, by its text and with no values.
    nonisolated(nonsending) func command(_ text: String) async throws -> Reply {
        guard PQsendQuery(link, text) == 1 else { throw unsent() }
        let isOwnWork = session.isOwnWork
        session.isOwnWork = true
        defer { session.isOwnWork = isOwnWork }
        var reply = Reply(keepsRows: true)
        try await finish(&reply)
        return reply
    }

    /// libpq has refused to send: the connection is gone, or not in a state for it. Part of a statement may have left.
    func unsent() -> SQLError {
        let text = PQerrorMessage(link).map { String(cString: $0) } ?? ""
        poison()
        return SQLError(.mayHaveExecuted, "the statement could not be sent: \(text.split(separator: "\n").first ?? "")")
    }
}

extension PGConnection {
    /// Has a statement prepared anew when it is needed next.
    func forget(_ statement: PreparedStatement) {
        if statements.remove(statement) { statementNames.condemn(statement) }
    }

    /// The server has dropped all of them.
    func forgetStatements() {
        _ = statements.removeAll()
        statementNames.forgetCondemned()
    }
}
