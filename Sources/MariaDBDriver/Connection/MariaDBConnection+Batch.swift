internal import CMariaDB
internal import PoolingCore
internal import PoolingSQL

extension MariaDBConnection {
    /// Runs all statements as one transaction: equal insertions in bulk, all others one after the other, since the library
    /// can't send ahead.
    nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult] {
        try await admit()
        if queries.isEmpty { return [] }
        guard takesBulk, queries.count > 1 else { return try await batch(queries, inBulk: false) }
        do {
            return try await batch(queries, inBulk: true)
        } catch let refusal as BulkRefusal {
            // Tables without transactions have kept what came before the fault.
            guard session.warnings == 0 else { throw refusal.error ?? Self.halfway }
            // Nothing of it is left, and one after the other they tell which of them it was.
            return try await batch(queries, inBulk: false)
        }
    }

    private static var halfway: SQLError {
        SQLError(
            .mayHaveExecuted,
            "the batch could not be sent in bulk, and tables without transactions may have kept what came before it: look "
                + "before repeating it")
    }

    /// Many executions of one statement were refused, without a word about which.
    private struct BulkRefusal: Error {
        var error: SQLError?
    }

    private nonisolated(nonsending) func batch(_ queries: [SQLQuery], inBulk: Bool) async throws -> [SQLResult] {
        let depth = try await beginTransaction(.readWrite)
        do {
            var results: [SQLResult] = []
            results.reserveCapacity(queries.count)
            while results.count < queries.count {
                let rest = queries[results.count...]
                let count = inBulk ? Self.equalInsertions(rest) : 1
                if count > 1 {
                    results += try await performInBulk(rest.prefix(count))
                } else {
                    results.append(
                        try await perform(rest[rest.startIndex], number: results.count + 1, of: queries.count))
                }
            }
            try await commitTransaction(depth)
            return results
        } catch {
            await rollBackTransaction(depth)
            if error is BulkRefusal, isPoisoned { throw SQLError.connectionIsOver }
            throw error
        }
    }

    private nonisolated(nonsending) func perform(
        _ query: SQLQuery, number: Int, of count: Int
    ) async throws -> SQLResult {
        do { return try await perform(query) } catch var error as SQLError {
            error.message = "statement \(number) of \(count): \(error.message)"
            throw error
        }
    }

    // MARK: In bulk

    /// About as much as one packet carries; the server's own limit (`max_allowed_packet`) is 16 MiB unless it is changed.
    private var packetBytes: Int { min(512 << 10, (server?.packetLimit ?? 1 << 20) / 2) }

    private var takesBulk: Bool {
        var capabilities: UInt = 0
        let isKnown = pooling_mariadb_server_capabilities(link, &capabilities)
        return isKnown && capabilities & UInt(MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32) != 0
    }

    /// How many from the first on are the same insertion with other values.
    private static func equalInsertions(_ queries: ArraySlice<SQLQuery>) -> Int {
        guard let first = queries.first, queries.count > 1, first.hasValues else { return 1 }
        var text: String?
        var count = 1
        for query in queries.dropFirst() {
            if !query.hasSameLiterals(as: first) {
                if text == nil { text = first.text(in: MariaDB.dialect) }
                guard query.text(in: MariaDB.dialect) == text else { break }
            }
            count += 1
        }
        if count == 1 { return 1 }
        return BulkInsertion.isMeant(by: text ?? first.text(in: MariaDB.dialect)) ? count : 1
    }

    /// Runs the same insertion with the values of each of `queries`.
    ///
    /// - Throws: `BulkRefusal` if one of them is refused.
    private nonisolated(nonsending) func performInBulk(_ queries: ArraySlice<SQLQuery>) async throws -> [SQLResult] {
        guard let first = queries.first else { return [] }
        try await admit()
        let statement = try await self.statement(for: first)
        let blocks = try queries.map { try ParameterBlock(of: $0) }
        let expected = Int(mysql_stmt_param_count(statement.handle))
        guard expected > 0, blocks.allSatisfy({ $0.count == expected }) else { throw BulkRefusal() }
        noteEffects(of: statement)
        var results: [SQLResult] = []
        var rest = blocks[...]
        while !rest.isEmpty {
            let count = BulkParameters.prefix(of: rest, bytes: packetBytes)
            let values = BulkParameters(rest.prefix(count))
            rest = rest.dropFirst(count)
            defer { BulkParameters.release(statement.handle) }
            let affected = try await execute(statement, values)
            // Each of them inserts as many as the others.
            guard affected % count == 0 else { throw BulkRefusal() }
            results += Array(repeating: SQLResult(rowsAffected: affected / count), count: count)
        }
        endUse(of: statement)
        return results
    }

    private nonisolated(nonsending) func execute(
        _ statement: PreparedStatement, _ values: BulkParameters
    ) async throws -> Int {
        let refusal = try await send(statement, values)
        if let refusal, case .application = refusal.meaning, stopping == nil {
            do { try await conclude(refusal) } catch let error as SQLError {
                if isPoisoned { throw error }
                var error = error
                error.message = "one of \(values.count) equal statements of the batch: \(error.message)"
                throw BulkRefusal(error: error)
            }
        }
        try await conclude(refusal)
        return Int(clamping: mysql_stmt_affected_rows(statement.handle))
    }
}

/// Which statements may run in bulk: those of which each execution inserts the same number of rows, so that their sum tells
/// what each has done.
enum BulkInsertion {
    static func isMeant(by text: String) -> Bool {
        let text = text.lowercased()
        guard FirstWord.of(text) == "insert", text.contains("value") else { return false }
        return !["ignore", "duplicate", "select", "returning"].contains(where: text.contains)
    }
}
