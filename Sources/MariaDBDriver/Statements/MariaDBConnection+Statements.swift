internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

// One statement, from its text to its rows. It is prepared once for each session; the server itself prepares it again when
// its tables have changed, and sends what its rows consist of then (F30).
extension MariaDBConnection {
    /// Runs a statement and collects its rows.
    nonisolated(nonsending) func collect(_ query: SQLQuery) async throws -> [SQLRow] {
        try await admit()
        let statement = try await execute(query)
        let collector = statement.handle.pointee.field_count > 0 ? RowCollector(statement) : nil
        try await finish(statement, collector)
        return collector?.rows ?? []
    }

    /// Runs a statement and drops its rows.
    nonisolated(nonsending) func perform(_ query: SQLQuery) async throws -> SQLResult {
        try await admit()
        let statement = try await execute(query)
        let result = Self.result(of: statement)
        try await finish(statement, nil)
        return result
    }

    static func result(of statement: PreparedStatement) -> SQLResult {
        // With rows, it is their number.
        if statement.handle.pointee.field_count > 0 { return SQLResult(rowsAffected: 0) }
        let affected = mysql_stmt_affected_rows(statement.handle)
        let id = mysql_stmt_insert_id(statement.handle)
        return SQLResult(
            rowsAffected: affected == .max ? 0 : Int(clamping: affected),
            lastInsertID: id == 0 ? nil : Int64(exactly: id))
    }

    /// Sends a statement, and reads the beginning of its answer: what it has done, or what its rows consist of.
    nonisolated(nonsending) func execute(_ query: SQLQuery) async throws -> PreparedStatement {
        let statement = try await self.statement(for: query)
        let values = try ParameterBlock(of: query)
        let expected = Int(mysql_stmt_param_count(statement.handle))
        guard values.count == expected else {
            throw SQLError(
                .syntax, "the statement has \(expected) placeholders, and \(values.count) values were given")
        }
        noteEffects(of: statement)
        if let refusal = try await send(statement, values) {
            guard refusal.code == UInt32(CR_NEW_STMT_METADATA), statement.takeOtherColumns(of: link) else {
                // The server knows it no more, or has too many (F30); nothing was executed.
                if refusal.code == 1243 || refusal.code == 1461 { drop(statement) }
                try await conclude(refusal, of: statement)
                throw SQLError.uncertain(.closing)
            }
        }
        // What failed between two results of a procedure has left those of the first one.
        if link.pointee.field_count == 0 { statement.handle.pointee.field_count = 0 }
        if statement.handle.pointee.field_count > 0 { statement.noteColumns(of: link) }
        if scopes.depth > 0, statement.beginsAnew { scopes.isLost = true }
        return statement
    }

    /// Sends it with `values`, for one execution or for many.
    /// - Returns: why it is refused, which is to be concluded with.
    nonisolated(nonsending) func send(
        _ statement: PreparedStatement, _ values: some StatementValues
    ) async throws -> ServerError? {
        var failed: Int32 = 0
        var isBound = true
        try await drive(
            {
                let status = values.bound(to: statement.handle) { mysql_stmt_execute_start(&failed, statement.handle) }
                isBound = status != nil
                return status ?? 0
            },
            { mysql_stmt_execute_cont(&failed, statement.handle, $0) })
        guard isBound else { throw ServerError(statement.handle).error(isSent: false) }
        return failed == 0 ? nil : ServerError(statement.handle)
    }

    /// Reads the rest of the answer: into `collector`, or to drop it.
    private nonisolated(nonsending) func finish(_ statement: PreparedStatement, _ collector: RowCollector?) async throws
    {
        let hasRows = statement.handle.pointee.field_count > 0
        if hasRows {
            if let collector {
                collector.attach(to: statement)
                _ = try await readRows(of: statement, into: collector)
            } else {
                try await discardRows(of: statement)
            }
        }
        // Further results are those of a procedure: only the first one is asked for.
        try await discardResults(of: statement)
        try await conclude(nil, of: hasRows ? statement : nil)
        endUse(of: statement)
    }

    /// Notes what a statement may do that the server does not report.
    func noteEffects(of statement: PreparedStatement) { note(statement.effects) }

    func note(_ changes: SessionChanges) {
        if !changes.isEmpty, settings.sessionReset != .never, !session.isOwnWork { session.changes.formUnion(changes) }
    }

    // MARK: Preparing

    nonisolated(nonsending) func statement(for query: SQLQuery) async throws -> PreparedStatement {
        if let known = statements.statement(for: query), !known.isOutdated { return known }
        let text = query.text(in: MariaDB.dialect)
        if let known = statements.statement(of: text, for: query) {
            if !known.isOutdated { return known }
            // It failed where it would have been forgotten.
            drop(known)
        }
        let statement = try await prepare(text)
        if statements.capacity > 0 {
            for forgotten in statements.insert(statement, for: query) { close(forgotten) }
        } else {
            // Those that have failed.
            for forgotten in uncached { close(forgotten) }
            uncached = [statement]
        }
        return statement
    }

    private nonisolated(nonsending) func prepare(_ text: String) async throws -> PreparedStatement {
        guard let handle = mysql_stmt_init(link) else { throw SQLError(.other, "out of memory in libmariadb") }
        let copy = CText(text)
        var failed: Int32 = 0
        do {
            try await drive(
                { mysql_stmt_prepare_start(&failed, handle, copy.start, copy.count) },
                { mysql_stmt_prepare_cont(&failed, handle, $0) })
            if failed != 0 {
                let refusal = ServerError(handle)
                try await conclude(refusal)
            }
        } catch {
            // Nothing is sent for one that was not prepared.
            call { _ = mysql_stmt_close(handle) }
            throw error
        }
        return PreparedStatement(handle, text: text)
    }

    /// A statement has come to its end, and may run again.
    func endUse(of statement: PreparedStatement) {
        if statements.capacity == 0 || statement.isOutdated { drop(statement) }
    }

    /// Forgets a statement, and has the server forget it.
    func drop(_ statement: PreparedStatement) {
        _ = statements.remove(statement)
        uncached.removeAll { $0 === statement }
        close(statement)
    }

    /// The server sends no answer to it, so that there is nothing to wait for but room in the socket's buffer, which is empty
    /// between statements.
    private func close(_ statement: PreparedStatement) {
        call { statement.close() }
        if !isSocketOpen { poison() }
    }
}
