internal import CLibPQ
internal import PoolingCore
internal import PoolingSQL

// Statements that are sent without waiting for the one before. Between two synchronisation points they are one
// transaction, so that nothing but the savepoint of an open one has to be added.
extension PGConnection {
    /// How many are on their way at most, so that neither side has to keep more, and so that none of them drives another one
    /// out of the cache.
    private var window: Int { statements.capacity == 0 ? 512 : min(statements.capacity, 512) }

    /// Runs all statements as one transaction.
    nonisolated(nonsending) func batch(_ queries: [SQLQuery]) async throws -> [SQLResult] {
        try await admit()
        if queries.isEmpty { return [] }
        // More than one window is more than one synchronisation.
        let depth = isInTransaction || queries.count > window ? try await beginTransaction(.readWrite) : nil
        do {
            var results: [SQLResult] = []
            results.reserveCapacity(queries.count)
            for start in stride(from: 0, to: queries.count, by: window) {
                let part = queries[start..<min(start + window, queries.count)]
                results += try await pipeline(part, of: queries.count)
            }
            if let depth { try await commitTransaction(depth) }
            return results
        } catch {
            if let depth { await rollBackTransaction(depth) }
            throw error
        }
    }

    private nonisolated(nonsending) func pipeline(
        _ queries: ArraySlice<SQLQuery>, of count: Int
    ) async throws -> [SQLResult] {
        var known: [PreparedStatement] = []
        for (position, query) in zip(queries.indices, queries) {
            do {
                let statement = try await statement(for: query).0
                // libpq can't tell its rows from the answers to what comes after it.
                if statement.traits.mayCopy { throw SQLError.copyInBatch }
                known.append(statement)
            } catch let error as SQLError {
                throw error.at(position, of: count)
            }
        }
        var reply = Reply(syncs: 1)
        reply.mayCommit = known.contains { $0.traits.mayCommit }
        reply.endsTransaction = known.contains { $0.traits.endsTransaction }
        guard PQenterPipelineMode(link) == 1 else { throw unsent() }
        var outgrown: [PreparedStatement] = []
        defer { for statement in outgrown { forget(statement) } }
        do {
            for (position, query) in zip(queries.indices, queries) {
                let statement = known[position - queries.startIndex]
                do {
                    if try !sendInBatch(query, statement) { outgrown.append(statement) }
                } catch let error as SQLError {
                    throw error.at(position, of: count)
                }
                // libpq keeps what the socket does not take, and the server stops reading when nobody reads its answers.
                if PQflush(link) == 1 { try await flush(limits) }
            }
        } catch {
            // Nothing of it was synchronised, so that nothing is done; but the server waits for that.
            let mayCommit = reply.mayCommit || reply.endsTransaction
            await abandonPipeline(&reply)
            switch error {
            case Interruption.cancelled: throw CancellationError()
            case Interruption.deadlinePassed: throw mayCommit ? SQLError.stoppedMidway : SQLError.stopped
            case is Interruption: throw SQLError.uncertain(.closing)
            default: throw error
            }
        }
        guard PQpipelineSync(link) == 1 else { throw unsent() }
        // Answers may have been read while statements were sent.
        do { try await finish(&reply, isFirst: false) } catch var error as SQLError {
            if reply.isOutdated { for statement in known { forget(statement) } }
            if let position = reply.errorPosition, position < queries.count {
                error = error.at(queries.startIndex + position, of: count)
            }
            throw error
        }
        return reply.results
    }

    /// - Returns: false if the statement was prepared for values of other types: it goes out by its text then, and is to be
    ///   prepared again the next time.
    private func sendInBatch(_ query: SQLQuery, _ statement: PreparedStatement) throws -> Bool {
        do {
            try send(query, statement)
            return true
        } catch let error as SQLError where error.kind == .typeMismatch && !statement.name.isEmpty {
            try send(query, PreparedStatement(name: "", text: statement.text, parameterTypes: [], columnTypes: []))
            return false
        }
    }

    /// Undoes what was sent of a pipeline before it could be completed: by a statement that can only fail.
    private nonisolated(nonsending) func abandonPipeline(_ reply: inout Reply) async {
        let limits = limits
        self.limits = OperationLimits(
            deadline: MonotonicInstant.now + settings.cancelTimeout.inNanoseconds, isCancellable: false)
        defer { self.limits = limits }
        guard !isPoisoned, PQsendQueryParams(link, "pooling: abandoned", 0, nil, nil, nil, nil, 0) == 1,
            PQpipelineSync(link) == 1
        else {
            poison()
            return
        }
        do { try await finish(&reply, isFirst: false) } catch {}
    }
}

extension SQLError {
    fileprivate static var copyInBatch: SQLError {
        SQLError(.syntax, "a batch can't contain a COPY from STDIN or to STDOUT; call copyIn or copyOut instead of it")
    }

    fileprivate func at(_ position: Int, of count: Int) -> SQLError {
        var error = self
        error.message = "statement \(position + 1) of \(count): \(message)"
        return error
    }
}
